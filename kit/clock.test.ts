import { expect, test } from 'vitest'
import { delay, every, systemClock } from './clock.ts'
import { virtualClock } from './virtual-clock.ts'

test('[CLOCK] the end of a turn comes once for all that asked, in order; who asks then waits for the next', async () => {
  const order: string[] = []
  await new Promise<void>((resolve) => {
    systemClock.endOfTurn(() => {
      order.push('a')
      systemClock.endOfTurn(() => {
        order.push('next turn')
        resolve()
      })
    })
    systemClock.endOfTurn(() => order.push('b'))
    queueMicrotask(() => order.push('promise'))
  })
  expect(order).toEqual(['promise', 'a', 'b', 'next turn'])
})

test('[CLOCK] a timer fires once its time is over; a cancelled one never does', async () => {
  const startMs = systemClock.monotonic()
  let fired = false
  const cancel = systemClock.after(1, () => {
    fired = true
  })
  cancel()
  await delay(systemClock, 5)
  expect(fired).toBe(false)
  expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(4)
  expect(Number.isInteger(systemClock.now())).toBe(true)
})

test('[CLOCK] every repeats until cancelled, also from within', async () => {
  const clock = virtualClock()
  let runs = 0
  const cancel = every(clock, 10, () => {
    runs += 1
    if (runs === 3) cancel()
  })
  await clock.advance(29)
  expect(runs).toBe(2)
  await clock.advance(100)
  expect(runs).toBe(3)
  const cancelLater = every(clock, 10, () => {
    runs += 1
  })
  cancelLater()
  await clock.advance(100)
  expect(runs).toBe(3)
})
