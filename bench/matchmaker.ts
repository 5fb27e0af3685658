import { readOptions } from '../loadtest/options.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { type FindsFigures, measureFinds } from './finds.ts'
import { measurePairs, type PairsFigures } from './pairs.ts'
import { type Provenance, provenance, writeResult } from './report.ts'

const PAIRS_PER_SECOND_MIN = 10_000
const FIND_P50_MS_MAX = 100
const FIND_P99_MS_MAX = 400

const defaults = {
  /** Tickets in the queue of the pairing part; 0 leaves it out. */
  waiting: 20_000,
  windows: 5,
  /** Length of one window. */
  seconds: 3,
  servers: 2,
  /** Connected players of the other part; 0 leaves it out. */
  players: 1_000,
  /** FINDs a second. */
  finds: 1_000,
  findSeconds: 20,
}

export interface MatchmakerResult extends Provenance {
  readonly pairs: PairsFigures | null
  readonly finds: FindsFigures | null
  /** Bars that were missed; empty when all hold. */
  readonly missed: readonly string[]
}

/** Pairs a second through one leader, and how long a player waits for a game: on one real store (`VALKEY_URL`, else one started here). */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<MatchmakerResult> {
  const options = readOptions(args, defaults)
  const own = env.VALKEY_URL ? null : await startRedis()
  const url = env.VALKEY_URL ?? own!.url
  try {
    const pairs = options.waiting > 0 ? await measurePairs({ url, ...options }) : null
    if (pairs !== null) say(`${pairs.pairsPerSecond} pairs a second`)
    const asks = { servers: options.servers, players: options.players, perSecond: options.finds }
    const finds = options.players > 0 ? await measureFinds({ url, ...asks, seconds: options.findSeconds, say }) : null
    if (finds !== null) say(`FIND to STATE: p50 ${finds.p50Ms} ms, p99 ${finds.p99Ms} ms`)
    const result = { pairs, finds, missed: [...missedPairs(pairs), ...missedFinds(finds)], ...provenance() }
    // A run with options is somebody's question, not the figure that the project stands by.
    if (args.length === 0) writeResult('matchmaker', result, summary(pairs!, finds!, result))
    return result
  } finally {
    await own?.stop()
  }
}

const missedPairs = (pairs: PairsFigures | null): string[] =>
  pairs !== null && pairs.pairsPerSecond < PAIRS_PER_SECOND_MIN
    ? [`${pairs.pairsPerSecond} pairs/s, at least ${PAIRS_PER_SECOND_MIN}`]
    : []

function missedFinds(finds: FindsFigures | null): string[] {
  if (finds === null) return []
  const { p50Ms, p99Ms, errors } = finds
  return [
    ...(p50Ms > FIND_P50_MS_MAX ? [`FIND to STATE p50 ${p50Ms} ms is over ${FIND_P50_MS_MAX}`] : []),
    ...(p99Ms > FIND_P99_MS_MAX ? [`FIND to STATE p99 ${p99Ms} ms is over ${FIND_P99_MS_MAX}`] : []),
    ...Object.entries(errors).map(([error, count]) => `${count} x ${error}`),
  ]
}

const summary = (pairs: PairsFigures, finds: FindsFigures, result: MatchmakerResult): string => `# Bench: the matchmaker

One Redis or Valkey without log or replica, everything on one machine over loopback. ${result.machine}, Node ${result.node}, commit ${result.commit}.

| | figure | bar |
| --- | --- | --- |
| pairs a second through one leader | ${pairs.pairsPerSecond} | at least ${PAIRS_PER_SECOND_MIN} |
| tickets that it found waiting at each look, median | ${pairs.waitingAtLook} | |
| CPU a pair, leader's process | ${pairs.leaderCpuUs} us | |
| CPU a pair, store (with letting both tickets in) | ${pairs.storeCpuUs} us | |
| FIND to STATE, p50 | ${finds.p50Ms} ms | at most ${FIND_P50_MS_MAX} ms |
| FIND to STATE, p99 | ${finds.p99Ms} ms | at most ${FIND_P99_MS_MAX} ms |
| FINDs a second | ${finds.findsPerSecond} | ${defaults.finds} |

Pairs: the real matchmaker and the real scripts, tickets in the store; a process of its own refills the queue to ${defaults.waiting} all the time,
and its work is in the store's. A stand-in of the placement answers at once that a room is open: no server opens ${PAIRS_PER_SECOND_MIN} rooms a second.
Median of ${defaults.windows} windows of ${defaults.seconds} s.

FIND to STATE: ${defaults.servers} servers, matchmaker and api as processes of their own, ${defaults.players} players on real sockets, all rated alike, half of them in
each mode; whoever has waited longest for a turn asks next, ${defaults.finds} a second at random moments, and gives the game up as soon as it is there.
${defaults.findSeconds} s after 5 s of warm-up, by the players' clock; results wait in the outbox.
`
