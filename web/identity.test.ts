import { expect, test } from 'vitest'
import type { Clock } from '../kit/clock.ts'
import { type Locks, type PageStorage, SLOTS, windowIdentity } from './identity.ts'

function aStorage(): PageStorage {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
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
      return callback({ name }).finally(() => {
        if (own.includes(name)) release(own.splice(own.indexOf(name), 1)[0]!)
      })
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

const opened = (locks: Locks | undefined, lasting: PageStorage, ofWindow = aStorage(), timePasses = false) =>
  windowIdentity({ clock: clockWhere(timePasses), locks, lasting, ofWindow })
type Window = ReturnType<typeof opened>

const KNOWN = { renewalKey: null }
/** The window signs in as a new guest, or goes on as who it was: the cookie, and whether something was in it. */
const enter = (window: Window) =>
  window.hold(async ({ name, load, save }) => {
    const known = load() !== null
    save(KNOWN)
    return `${name} ${known ? 'again' : 'new'}`
  })
/** The cookie's session turns out to be over. */
const lose = (window: Window) => window.hold(async ({ save }) => save(null))

test('[guest] two windows at a time are two players, and one after the other the same', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const first = window()
  expect(await enter(opened(first.locks, lasting))).toBe('0 new')
  expect(await enter(opened(window().locks, lasting))).toBe('1 new')
  first.close()
  expect(await enter(opened(window().locks, lasting))).toBe('0 again')
})

test('[P5] a reload finds its own guest, even when the old page lets go late and another slot is free', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const ofWindow = aStorage()
  const other = window()
  await enter(opened(other.locks, lasting))
  const before = window()
  expect(await enter(opened(before.locks, lasting, ofWindow))).toBe('1 new')
  other.close()

  const reloaded = enter(opened(window().locks, lasting, ofWindow))
  before.close()
  expect(await reloaded).toBe('1 again')
})

test('[guest] a duplicated window, with the same memory, becomes another player', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const ofWindow = aStorage()
  await enter(opened(window().locks, lasting, ofWindow))
  expect(await enter(opened(window().locks, lasting, ofWindow, true))).toBe('1 new')
})

test('[guest] with every slot taken, or no locks at all, the first guest is shared', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  for (let slot = 0; slot < SLOTS; slot++) expect(await enter(opened(window().locks, lasting))).toBe(`${slot} new`)
  expect(await enter(opened(window().locks, lasting))).toBe('0 again')
  expect(await enter(opened(undefined, lasting))).toBe('0 again')
})

test('[auth] a browser that is signed in is its account in every window opened from then on; open ones stay who they are', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  const ofWindow = aStorage()
  const asking = window()
  const [ana, beside] = [opened(asking.locks, lasting, ofWindow), opened(window().locks, lasting)]
  expect([await enter(ana), await enter(beside)]).toEqual(['0 new', '1 new'])
  expect(ana.isAccount()).toBe(false)
  asking.close()

  const back = opened(window().locks, lasting, ofWindow)
  back.signedIn()
  expect([await enter(back), await enter(beside)]).toEqual(['account again', '1 again'])
  expect([back.isAccount(), beside.isAccount()]).toEqual([true, false])
  const next = opened(window().locks, lasting)
  expect(await enter(next)).toBe('account again')

  await lose(back)
  expect(back.isAccount()).toBe(false)
  expect(await enter(back), 'the guest who asked became the account').toBe('0 new')
  expect(await enter(next), 'another window signed out').toBe('2 new')
})

test('[auth] two windows with one cookie renew one after the other', async () => {
  const window = aBrowser()
  const lasting = aStorage()
  opened(undefined, lasting).signedIn()
  const order: string[] = []
  let release = () => {}
  const first = opened(window().locks, lasting).hold(async () => {
    order.push('first begins')
    await new Promise<void>((resolve) => {
      release = resolve
    })
    order.push('first ends')
  })
  const second = opened(window().locks, lasting).hold(async () => void order.push('second'))
  await Promise.resolve()
  expect(order).toEqual(['first begins'])
  release()
  await first
  await second
  expect(order).toEqual(['first begins', 'first ends', 'second'])
})

test('[auth] rubbish in the storage counts as nothing', async () => {
  const lasting = aStorage()
  for (const text of ['{', '7', '"x"']) {
    lasting.setItem('oxo.session.0', text)
    expect(await enter(opened(undefined, lasting))).toBe('0 new')
  }
})
