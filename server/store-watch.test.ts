import { expect, test } from 'vitest'
import { silentLog } from '../kit/log.ts'
import { virtualClock } from '../kit/virtual-clock.ts'
import { memoryTroubles } from '../ports/memory/troubles.ts'
import { createStoreWatch } from './store-watch.ts'

function watched() {
  const clock = virtualClock()
  const troubles = memoryTroubles(clock)
  const store = { share: 0, down: false }
  const seen = { limited: false, full: false }
  const memory = {
    async share() {
      if (store.down) throw new Error('out of reach')
      return store.share
    },
  }
  const service = {
    setLimited(on: boolean) {
      seen.limited = on
    },
    setStoreFull(on: boolean) {
      seen.full = on
    },
  }
  const watch = createStoreWatch({ clock, log: silentLog, troubles, storeMemory: memory }, service)
  return { clock, troubles, store, seen, watch }
}

test('a store that somebody finds down limits the service until they find it well, or are silent', async () => {
  const { clock, troubles, seen, watch } = watched()
  watch.start()
  await troubles.raise('persistence-1', 'statistics', 5_000)
  await clock.advance(1_000)
  expect(seen.limited).toBe(true)
  await troubles.clear('persistence-1', 'statistics')
  await clock.advance(1_000)
  expect(seen.limited).toBe(false)
  await troubles.raise('persistence-1', 'games', 5_000)
  await clock.advance(4_000)
  expect(seen.limited).toBe(true)
  await clock.advance(2_000)
  expect(seen.limited).toBe(false)
})

test('at 80 % of its memory the live store takes no new games, and takes them again below 75 %', async () => {
  const { clock, store, seen, watch } = watched()
  watch.start()
  for (const [share, full] of [
    [0.79, false],
    [0.8, true],
    [0.76, true],
    [0.74, false],
    [0.79, false],
  ] as const) {
    store.share = share
    await clock.advance(1_000)
    expect(seen.full, `${share}`).toBe(full)
  }
})

test('a store that cannot be asked changes nothing', async () => {
  const { clock, store, seen, watch } = watched()
  store.share = 0.9
  watch.start()
  await clock.advance(1_000)
  store.down = true
  await clock.advance(5_000)
  expect(seen.full).toBe(true)
  watch.stop()
})
