import { describe, expect, test } from 'vitest'
import { createChecker, type Verdict, type Violation } from './check.ts'
import type { Event } from './history.ts'

const G = '0000002a-0000-8000-8000-000000000001'
const OTHER = '0000002a-0000-8000-8000-000000000002'
const ana = { p: 0, s: 0 }
const bo = { p: 1, s: 1 }

/** An event without its time. */
type Untimed = Event extends infer E ? (E extends Event ? Omit<E, 't'> : never) : never

function judge(...events: readonly Untimed[]): Verdict {
  const checker = createChecker()
  for (const [t, event] of events.entries()) checker.see({ t, ...event } as Event)
  return checker.verdict()
}

const found = (verdict: Verdict): Partial<Record<Violation, number>> =>
  Object.fromEntries(Object.entries(verdict.counts).filter(([, count]) => count > 0))

const resultOf = (
  moves: string,
  winner: number | null,
  about: { g?: string; from?: number; to?: number } = {},
): Untimed => {
  const { g = G, from = 1_000, to = 2_000 } = about
  const players = [
    ['u-ana', 'Ana', 1500, null],
    ['u-bo', 'Bo', 1500, null],
  ]
  const end = winner === null ? 'board_full' : 'line'
  const record = [
    1,
    'casual',
    players,
    30_000,
    from,
    null,
    2,
    Number(`1${moves}`),
    [],
    null,
    'completed',
    end,
    winner,
    null,
    to,
    null,
  ]
  return { e: 'result', g, result: JSON.stringify(record) }
}
const okay = (ply: number, cell: number, from = ply % 2 === 0 ? ana : bo): Untimed => ({
  e: 'ok',
  ...from,
  since: 0,
  type: 'move',
  g: G,
  ply,
  cell,
})
const state = (
  v: number,
  moves: string,
  status: 'active' | 'completed' | 'aborted' = 'active',
  from = ana,
): Untimed => ({
  e: 'state',
  ...from,
  g: G,
  v,
  moves,
  status,
  reason: null,
  you: from.p === 0 ? 0 : 1,
})
const moved = (v: number, ply: number, cell: number, from = ana): Untimed => ({
  e: 'moved',
  ...from,
  g: G,
  v,
  ply,
  cell,
})
const ended: Untimed = { e: 'ended', ...ana, g: G, v: 7, status: 'completed', reason: 'line' }

/** X wins with 0, 1, 2. */
const WON = '03142'
const game: readonly Untimed[] = [
  state(1, ''),
  ...[...WON].flatMap((cell, ply) => [okay(ply, Number(cell)), moved(ply + 2, ply, Number(cell))]),
  ended,
]

describe('the checker', () => {
  test('[P1] finds nothing in a game as it should be', () => {
    const verdict = judge(...game, resultOf(WON, 0), resultOf(WON, 0))
    expect(found(verdict)).toEqual({})
    expect(verdict).toMatchObject({ games: 1, finished: 1, moves: 5 })
  })

  test('[P1] finds an acknowledged move that the final game lacks', () => {
    const verdict = judge(state(1, ''), okay(0, 4), okay(1, 5), { e: 'final', g: G, moves: '4', status: 'active' })
    expect(found(verdict)).toEqual({ lostAcks: 1, failedGames: 1 })
  })

  test('[P1] finds an acknowledged move after the end', () => {
    expect(found(judge(...game, okay(5, 8), resultOf(WON, 0)))).toEqual({ lostAcks: 1 })
  })

  test('[P1] finds a lost resignation', () => {
    const resigned: Untimed = { e: 'ok', ...ana, since: 0, type: 'resign', g: G }
    expect(found(judge(...game, resigned, resultOf(WON, 0)))).toEqual({ lostAcks: 1 })
  })

  test('[P1] finds a ticket that was acknowledged and is forgotten', () => {
    const find: Untimed = { e: 'ok', ...ana, since: 0, type: 'find' }
    const welcome: Untimed = { e: 'welcome', ...ana, server: 'a', user: 'u', games: [], queue: null }
    expect(found(judge(find, welcome))).toEqual({ lostFinds: 1 })
    expect(found(judge(find, { ...welcome, queue: 'casual' }))).toEqual({})
  })

  test('[P1] finds what the store itself lost', () => {
    expect(found(judge(...game, { e: 'undone', ...ana, g: G, v: 3 }, resultOf(WON, 0)))).toEqual({ undone: 1 })
  })

  test.each([
    ['another MOVED', moved(2, 0, 8, bo)],
    ['another STATE', state(2, '8', 'active', bo)],
    ['another OK', okay(0, 8, bo)],
  ])('[P2] finds two values of one ply: %s', (_, event) => {
    const { doubleMoves } = judge(...game, event, resultOf(WON, 0)).counts
    expect(doubleMoves).toBe(1)
  })

  test('[P2] finds a result that differs from what was shown', () => {
    expect(judge(...game, resultOf('04132', 0)).counts.doubleMoves).toBe(2)
  })

  test.each([
    ['a gap', moved(9, 0, 0)],
    ['a repeat', moved(7, 0, 0)],
    ['an older STATE', state(6, '0')],
  ])('[P3] finds %s in the versions of a socket', (_, event) => {
    expect(found(judge(...game, event, resultOf(WON, 0)))).toEqual({ versionGaps: 1 })
  })

  test('[P3] lets another socket, and one that was told UNDONE, begin where it likes', () => {
    const elsewhere = state(3, '03', 'active', { p: 0, s: 9 })
    expect(found(judge(...game, elsewhere, resultOf(WON, 0)))).toEqual({})
    const undone: Untimed = { e: 'undone', ...ana, g: G, v: 3 }
    expect(judge(...game, undone, state(3, '03'), resultOf(WON, 0)).counts.versionGaps).toBe(0)
  })

  test('[P8] finds a refused move that was played none the less', () => {
    const refused: Untimed = { e: 'error', ...ana, code: 'STALE', type: 'move', g: G, ply: 2, cell: 1 }
    expect(found(judge(...game, refused, resultOf(WON, 0)))).toEqual({ refusedButPlayed: 1 })
    expect(found(judge(...game, { ...refused, cell: 8 }, resultOf(WON, 0)))).toEqual({})
    expect(found(judge(...game, { ...refused, code: 'UNAVAILABLE' }, resultOf(WON, 0)))).toEqual({})
  })

  test('[P7] finds a finished game without a result', () => {
    expect(found(judge(...game, { e: 'final', g: G, moves: WON, status: 'completed' }))).toEqual({ missingResults: 1 })
  })

  test('[P7] finds results of one game that are not byte-equal', () => {
    expect(found(judge(...game, resultOf(WON, 0), resultOf(WON, 0, { to: 2_001 })))).toEqual({ unequalResults: 1 })
  })

  test.each([
    ['the other winner', resultOf(WON, 1)],
    ['an unfinished board', resultOf('0314', 0)],
    ['nonsense', { e: 'result', g: G, result: '{}' } as const],
  ])('[P7] finds a result that does not follow from its moves: %s', (_, result) => {
    expect(judge(...game, result).counts.wrongResults).toBe(1)
  })

  test('[P7] finds players in two games at one time', () => {
    const overlapping = resultOf(WON, 0, { g: OTHER, from: 1_500, to: 2_500 })
    expect(found(judge(...game, resultOf(WON, 0), overlapping))).toEqual({ twoGames: 2 })
    const later = resultOf(WON, 0, { g: OTHER, from: 2_000, to: 2_500 })
    expect(found(judge(...game, resultOf(WON, 0), later))).toEqual({})
  })

  test('[P6] finds games that failed: aborted, unknown, stuck', () => {
    expect(found(judge(state(1, ''), state(2, '', 'aborted'), resultOf(WON, 0)))).toEqual({ failedGames: 1 })
    expect(judge(...game, { e: 'gone', ...ana, g: G }, resultOf(WON, 0)).counts.failedGames).toBe(1)
    expect(found(judge(state(1, '')))).toEqual({ failedGames: 1 })
  })

  test('[P6] finds a forfeit by timeout', () => {
    const { result, ...rest } = resultOf('0', 1) as Extract<Untimed, { e: 'result' }>
    const timeout = result.replace('"completed","line"', '"forfeited","timeout"')
    expect(found(judge(state(1, ''), okay(0, 0), ended, { ...rest, result: timeout }))).toMatchObject({ timeouts: 1 })
  })

  test('[P4] finds a request without an answer, and a process that died', () => {
    expect(found(judge({ e: 'unanswered', ...ana, type: 'find' }))).toEqual({ unanswered: 1 })
    expect(found(judge({ e: 'died', name: 'server-1', how: '1' }))).toEqual({ deaths: 1 })
  })
})
