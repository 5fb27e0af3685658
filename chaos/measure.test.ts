import { expect, test } from 'vitest'
import type { Event } from './history.ts'
import { createMeasures, percentile } from './measure.ts'

const SHARD = 42
const G = '0000002a-0000-8000-8000-000000000001'
const OTHER = '0000002a-0000-8000-8000-000000000002'
const from = { p: 0, s: 0 }

const running = (t: number, g: string): Event => ({
  t,
  e: 'state',
  ...from,
  g,
  v: 1,
  moves: '',
  status: 'active',
  reason: null,
  you: 0,
})
const okay = (t: number, since: number, g: string): Event => ({
  t,
  e: 'ok',
  ...from,
  since,
  type: 'move',
  g,
  ply: 0,
  cell: 0,
})
const ended = (t: number, g: string): Event => ({
  t,
  e: 'ended',
  ...from,
  g,
  v: 2,
  status: 'forfeited',
  reason: 'resign',
})
const fault = (t: number, kind: string): Event => ({ t, e: 'fault', kind, shards: [SHARD] })

function measure(...events: readonly Event[]) {
  const measures = createMeasures()
  for (const event of events) measures.see(event)
  return measures.result()
}

test('[P6] a takeover lasts from the kill to the first move acknowledged in the shard', () => {
  const { takeoverMs, gameTakeoverMs, notTakenOver } = measure(
    running(0, G),
    running(0, OTHER),
    fault(100, 'kill'),
    okay(120, 90, G),
    okay(3_000, 110, G),
    okay(4_000, 3_900, OTHER),
    okay(5_000, 4_900, G),
  )
  expect({ takeoverMs, gameTakeoverMs, notTakenOver }).toEqual({
    takeoverMs: [2_900],
    gameTakeoverMs: [2_900, 3_900],
    notTakenOver: 0,
  })
})

test('[P6] a shard without a running game is not waited for, one whose game never goes on is reported', () => {
  expect(measure(fault(100, 'kill'), okay(3_000, 2_000, G)).takeoverMs).toEqual([])
  expect(measure(running(0, G), fault(100, 'kill'), ended(2_000, G)).notTakenOver).toBe(0)
  expect(measure(running(0, G), fault(100, 'kill')).notTakenOver).toBe(1)
})

test('[P6] a second kill before the takeover does not begin anew', () => {
  const { takeoverMs, faults } = measure(
    running(0, G),
    fault(100, 'kill'),
    fault(1_000, 'kill at a call'),
    okay(5_100, 50, G),
  )
  expect({ takeoverMs, faults }).toEqual({ takeoverMs: [5_000], faults: { kill: 1, 'kill at a call': 1 } })
})

test('[P6] a hand-over pause is the longest wait for a move of each of its games', () => {
  const { handoverMs } = measure(
    running(0, G),
    okay(50, 0, G),
    fault(100, 'drain'),
    okay(130, 90, G),
    okay(180, 170, G),
    okay(190, 110, OTHER),
    { t: 200, e: 'healed', kind: 'drain' },
    okay(600, 300, G),
  )
  expect(handoverMs).toEqual([40, 80])
})

test('[P6] percentiles are values that were measured', () => {
  expect(percentile([], 50)).toBe(null)
  expect(percentile([3, 1, 2], 50)).toBe(2)
  expect(percentile([3, 1, 2], 99)).toBe(3)
})
