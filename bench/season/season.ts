import { seededRandom } from '../../kit/random.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'
import type { UserId } from '../../protocol/ids.ts'
import { breakSeconds, createPlayers, DAY_S, gameSeconds, gamesOfSession, sessions } from './players.ts'
import type { Policy } from './policies.ts'

/** Between rounds of the pairing, in ms: coarser than the matchmaker's, for speed. */
export const ROUND_MS = 250
/** Without news a round comes so often, in ms: widths widen. */
const QUIET_MS = 1_000

export interface SeasonFigures {
  readonly games: number
  /** Over all tickets that were paired, in s. */
  readonly meanWaitS: number
  readonly p99WaitS: number
  /** Rating distance, over all pairs. */
  readonly meanGap: number
  readonly p99Gap: number
  /** Of all games, those of two who had just played each other. */
  readonly repeatedPart: number
  /** Tickets a second, as a ticket sees it: the mean over tickets of the rate at their hour. */
  readonly ticketsPerSecond: number
}

/** One day of all players under one policy, in virtual time. The same seed gives the same players and sessions to every policy. */
export function playSeason(policy: Policy, seed: number, roundMs = ROUND_MS): SeasonFigures {
  const random = seededRandom(seed)
  const players = createPlayers(random)
  const starts = sessions(players, random)[Symbol.iterator]()
  const habits = seededRandom(seed + 1)
  const gamesLeft = new Int32Array(players.length)
  const lastOpponents = new Int32Array(players.length).fill(-1)
  /** Players who send FIND in a round to come, by its number. */
  const due = new Map<number, number[]>()
  let waiting: Ticket[] = []
  const waitsS: number[] = []
  const gaps: number[] = []
  const ticketsPerHour = new Float64Array(25)
  let ticketNumber = 0
  let repeats = 0

  const findAt = (player: number, atS: number) => {
    const round = Math.ceil((atS * 1_000) / roundMs)
    const there = due.get(round)
    if (there === undefined) due.set(round, [player])
    else there.push(player)
  }
  let next = starts.next()
  const lastRound = (DAY_S * 1_000) / roundMs

  for (let round = 0; round < lastRound; round++) {
    const nowMs = round * roundMs
    for (; !next.done && next.value.atS * 1_000 <= nowMs; next = starts.next()) {
      const { player } = next.value
      if (gamesLeft[player]! > 0) continue // plays already
      gamesLeft[player] = gamesOfSession(habits)
      findAt(player, nowMs / 1_000)
    }
    const arrivals = due.get(round)
    due.delete(round)
    for (const player of arrivals ?? []) {
      const last = lastOpponents[player]!
      ticketsPerHour[Math.floor(nowMs / 3_600_000)]! += 1
      waiting.push({
        id: `t${ticketNumber++}`,
        userId: `${player}` as UserId,
        name: '',
        mode: 'ranked',
        region: 'season',
        rating: players[player]!.rating,
        blocked: [],
        lastOpponent: last === -1 ? null : (`${last}` as UserId),
        // At any moment since the last round.
        enqueuedAtMs: nowMs - Math.floor((habits.uint32() / 2 ** 32) * roundMs),
        node: 'season',
        absentSinceMs: null,
      })
    }
    if ((arrivals === undefined && nowMs % QUIET_MS !== 0) || waiting.length < 2) continue
    const pairs = policy(waiting, nowMs)
    if (pairs.length === 0) continue
    const taken = new Set<Ticket>()
    for (const [a, b] of pairs) {
      if (a.lastOpponent === b.userId || b.lastOpponent === a.userId) repeats += 1
      taken.add(a).add(b)
      gaps.push(Math.abs(a.rating - b.rating))
      waitsS.push((nowMs - a.enqueuedAtMs) / 1_000, (nowMs - b.enqueuedAtMs) / 1_000)
      const endS = nowMs / 1_000 + gameSeconds(habits)
      const two = [Number(a.userId), Number(b.userId)] as const
      for (const [i, player] of two.entries()) {
        lastOpponents[player] = two[1 - i]!
        gamesLeft[player]! -= 1
        if (gamesLeft[player]! > 0) findAt(player, endS + breakSeconds(habits))
      }
    }
    waiting = waiting.filter((ticket) => !taken.has(ticket))
  }
  return {
    games: gaps.length,
    meanWaitS: mean(waitsS),
    p99WaitS: percentile99(waitsS),
    meanGap: mean(gaps),
    p99Gap: percentile99(gaps),
    repeatedPart: repeats / gaps.length,
    ticketsPerSecond: ticketsPerHour.reduce((sum, count) => sum + count * count, 0) / ticketNumber / 3_600,
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const percentile99 = (values: readonly number[]): number =>
  Float64Array.from(values).sort()[Math.floor(values.length * 0.99)]!
