import { expect, test } from 'vitest'
import type { StorageLike } from '../client/index.ts'
import type { Clock } from '../kit/clock.ts'
import { type Locks, SLOTS, windowTokens } from './identity.ts'

function aStorage(): StorageLike {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

/** Web Locks of one browser; each window has its own view and closes by giving up what it holds. */
function aBrowser() {
  const held = new Set<string>()
  const waiting = new Map<string, (() => void)[]>()
  const release = (name: string) => {
    const next = waiting.get(name)?.shift()
    if (next === undefined) held.delete(name)
    else next()
  }
  return (): { locks: Locks; close: () => void } => {
    const own: string[] = []
    const grant = (name: string, callback: (lock: object | null) => Promise<void>) => {
      held.add(name)
      own.push(name)
      return callback({ name })
    }
    const locks: Locks = {
      request(name, { ifAvailable, signal }, callback) {
        if (!held.has(name)) return grant(name, callback)
        if (ifAvailable) return callback(null)
        return new Promise((resolve, reject) => {
          const queue = waiting.get(name) ?? []
          const turn = () => resolve(grant(name, callback))
          waiting.set(name, [...queue, turn])
          signal?.addEventListener('abort', () => {
            waiting.set(
              name,
              waiting.get(name)!.filter((one) => one !== turn),
            )
            reject(signal.reason)
          })
        })
      },
    }
    return { locks, close: () => own.splice(0).forEach(release) }
  }
}

/** A clock on which no time passes, or all of it at once. */
const clockWhere = (timePasses: boolean): Clock => ({
  now: () => 0,
  monotonic: () => 0,
  after(_, run) {
    if (timePasses) queueMicrotask(run)
    return () => {}
  },
  endOfTurn: (run) => queueMicrotask(run),
})

const guest = (name: string) => ({ accessToken: name })
const opened = (locks: Locks | undefined, lasting: StorageLike, ofWindow = aStorage(), timePasses = false) =>
  windowTokens({ clock: clockWhere(timePasses), locks, lasting, ofWindow })

test('[guest] two windows at a time are two players, and one after the other the same', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const first = window()
  const tokens = opened(first.locks, lasting)
  await tokens.save(guest('ana'))
  const second = opened(window().locks, lasting)
  expect(await second.load()).toBeNull()
  await second.save(guest('bo'))
  expect(await tokens.load()).toEqual(guest('ana'))

  first.close()
  expect(await opened(window().locks, lasting).load()).toEqual(guest('ana'))
})

test('[P5] a reload finds its own guest, even when the old page lets go late and another slot is free', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const ofWindow = aStorage()
  const other = window()
  await opened(other.locks, lasting).save(guest('ana'))
  const before = window()
  await opened(before.locks, lasting, ofWindow).save(guest('bo'))
  other.close()

  const reloaded = opened(window().locks, lasting, ofWindow).load()
  before.close()
  expect(await reloaded).toEqual(guest('bo'))
})

test('[guest] a duplicated window, with the same memory, becomes another player', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const ofWindow = aStorage()
  await opened(window().locks, lasting, ofWindow).save(guest('ana'))
  expect(await opened(window().locks, lasting, ofWindow, true).load()).toBeNull()
})

test('[guest] with every slot taken, or no locks at all, the first guest is shared', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  await opened(window().locks, lasting).save(guest('ana'))
  for (let slot = 1; slot < SLOTS; slot++) expect(await opened(window().locks, lasting).load()).toBeNull()
  expect(await opened(window().locks, lasting).load()).toEqual(guest('ana'))
  expect(await opened(undefined, lasting).load()).toEqual(guest('ana'))
})
