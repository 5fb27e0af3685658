import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delay, every } from './clock.ts'
import { virtualClock } from './virtual-clock.ts'

function recorder() {
  const clock = virtualClock({ startMs: 1_000 })
  const seen: string[] = []
  const note = (what: string) => () => {
    seen.push(`${what}@${clock.monotonic()}`)
  }
  return { clock, seen, note }
}

test('[clock] timers run by due time, then in the order in which they were set', async () => {
  const { clock, seen, note } = recorder()
  clock.after(20, note('late'))
  clock.after(10, note('first'))
  clock.after(10, note('second'))
  clock.after(30, note('not yet'))
  await clock.advance(29)
  expect(seen).toEqual(['first@10', 'second@10', 'late@20'])
  expect([clock.now(), clock.monotonic(), clock.nextDueMs()]).toEqual([1_029, 29, 30])
})

test('[clock] a cancelled timer never runs, not even when an earlier one of the same turn cancels it', async () => {
  const { clock, seen, note } = recorder()
  clock.after(5, () => cancelLater())
  const cancelLater = clock.after(5, note('cancelled'))
  const fired = clock.after(1, note('fired'))
  await clock.advance(10)
  fired()
  expect(seen).toEqual(['fired@1'])
  expect(clock.nextDueMs()).toBeNull()
})

test('[clock] the end of a turn comes after all timers of its time, and before time moves', async () => {
  const { clock, seen, note } = recorder()
  clock.endOfTurn(note('end of the first'))
  clock.after(5, () => {
    note('a')()
    clock.endOfTurn(note('end'))
    clock.after(0, note('next turn'))
  })
  clock.after(5, note('b'))
  await clock.advance(5)
  expect(seen).toEqual(['end of the first@0', 'a@5', 'b@5', 'end@5', 'next turn@5'])
})

test('[clock] promises settle after each callback, however they chain', async () => {
  const { clock, seen, note } = recorder()
  clock.after(5, async () => {
    for (let i = 0; i < 50; i++) await null
    note('promise')()
  })
  clock.after(5, note('timer'))
  clock.endOfTurn(async () => {
    await null
    note('after the end')()
  })
  await clock.advance(5)
  expect(seen).toEqual(['after the end@0', 'promise@5', 'timer@5'])
})

test('[clock] settle does all that can happen without time moving', async () => {
  const { clock, seen, note } = recorder()
  clock.after(0, note('now'))
  clock.after(-5, note('overdue'))
  clock.after(1, note('later'))
  await clock.settle()
  expect(seen).toEqual(['now@0', 'overdue@0'])
})

test('[clock] waits and repetitions of the kit run on it', async () => {
  const { clock, seen, note } = recorder()
  const stop = every(clock, 10, note('tick'))
  void delay(clock, 25).then(() => {
    note('waited')()
    stop()
  })
  await clock.advance(100)
  expect(seen).toEqual(['tick@10', 'tick@20', 'waited@25'])
})

test('[clock] a jump of the wall clock moves no timer', async () => {
  const { clock, seen, note } = recorder()
  clock.after(10, note('timer'))
  clock.jump(-60_000)
  await clock.advance(10)
  expect(seen).toEqual(['timer@10'])
  expect(clock.now()).toBe(1_000 - 60_000 + 10)
})

test('[clock] what a callback throws reaches who advances, and the clock goes on', async () => {
  const { clock, seen, note } = recorder()
  clock.after(1, () => {
    throw new Error('broken')
  })
  clock.after(2, note('after'))
  await expect(clock.advance(5)).rejects.toThrow('broken')
  await clock.advance(5)
  expect(seen).toEqual(['after@2'])
})

test('[clock] misuse is refused: time backwards, two who advance, timers that never let time move', async () => {
  const { clock } = recorder()
  await expect(clock.advance(-1)).rejects.toThrow('go back')
  const first = clock.advance(1)
  await expect(clock.advance(1)).rejects.toThrow('somebody else')
  await first
  const forever = (): void => void clock.after(0, forever)
  forever()
  await expect(clock.advance(1)).rejects.toThrow('time stands still at 1 ms')
})

test('[clock] any timers, some cancelled: run once each, in order', async () => {
  const timer = fc.record({ delayMs: fc.integer({ min: 0, max: 40 }), cancelled: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(timer, { maxLength: 300, size: 'max' }), async (timers) => {
      const clock = virtualClock()
      const ran: number[] = []
      const cancels = timers.map(({ delayMs }, i) => clock.after(delayMs, () => ran.push(i)))
      timers.forEach(({ cancelled }, i) => {
        if (cancelled) cancels[i]!()
      })
      await clock.advance(40)
      const expected = timers.map((timer, i) => ({ ...timer, i })).filter(({ cancelled }) => !cancelled)
      expected.sort((a, b) => a.delayMs - b.delayMs || a.i - b.i)
      expect(ran).toEqual(expected.map(({ i }) => i))
    }),
    { numRuns: 40 },
  )
})

test('[clock] a thousand cancelled timers leave the others in order', async () => {
  const { clock, seen, note } = recorder()
  clock.after(3, note('c'))
  clock.after(1, note('a'))
  for (let i = 0; i < 1_000; i++) clock.after(2, note('cancelled'))()
  clock.after(1, note('b'))
  await clock.advance(5)
  expect(seen).toEqual(['a@1', 'b@1', 'c@3'])
})
