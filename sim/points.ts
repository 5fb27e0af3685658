import { FAULT_NAMES } from './faults.ts'
import { MATCHMAKER_CALLS } from './matchmaker-faults.ts'
import { WRITER_FAULT_NAMES } from './writer-faults.ts'

/** Recovery branches that a run must have taken at least once, by the names under which they are counted. */
const BRANCHES = [
  'take expired: taken',
  'take expired: held',
  'take expired: grace',
  'take expired: missing',
  'take transfer: taken',
  'take reclaim: taken',
  'commit fenced',
  'commit gap',
  'reply lost: commit',
  'reply lost: renew',
  'claim forgotten',
  'creation held back',
  'creation refused',
  'creation voided',
  'setting COMMIT_REPLICAS',
  'too few replicas',
  'store failed over',
  'store clock went forward',
  'store clock went back',
  'store restarted',
  'store restarted empty',
  'undone',
  'unanswered request repeated',
  'repeated move answered OK',
  'repeated resign answered OK',
  'repeated rematch answered OK',
  'repeated invite answered OK',
  'repeated accept answered OK',
  'bus message lost',
  'bus message repeated',
  'bus message out of order',
  'log shard_taken',
  'log shard_handed',
  'log shard_reclaimed',
  'log shard_lost',
  'log welcome_failed',
  'log matchmaker_lead_lost',
  'reply lost: put',
  'reply lost: apply',
  'trapped put',
  'trapped apply',
  'trapped ack',
  'log destination_unavailable',
  'log destination_down',
  'refused UNAVAILABLE',
  'refused STALE',
  'refused NOT_YOUR_TURN',
  'refused INVALID_MOVE',
  'refused GAME_OVER',
  'refused ALREADY_PLAYING',
] as const

/** From so many seeds on every point must have been hit: the rarest comes about once in 200. */
export const SEEDS_FOR_ALL_POINTS = 1_000

const REQUIRED: readonly string[] = [
  ...MATCHMAKER_CALLS.filter((call) => call !== 'requeue').map((call) => `trapped matchmaker in ${call}`),
  ...[...FAULT_NAMES, ...WRITER_FAULT_NAMES].map((name) => `fault ${name}`),
  ...BRANCHES,
]

export const missingPoints = (points: Readonly<Record<string, number>>): readonly string[] =>
  REQUIRED.filter((point) => (points[point] ?? 0) === 0)
