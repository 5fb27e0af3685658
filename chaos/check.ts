import type { Event } from './history.ts'
import { type ResultFacts, readResult } from './result-facts.ts'

/** What the offline checker found. Every list names at most `EXAMPLES` cases; counts are whole. */
export interface Verdict {
  readonly games: number
  readonly finished: number
  /** Acknowledged moves, each counted once. */
  readonly moves: number
  readonly counts: Readonly<Record<Violation, number>>
  readonly examples: readonly string[]
}

export const violations = [
  /** An acknowledged MOVE or RESIGN that the final game does not have. */
  'lostAcks',
  /** Two values for one (game, ply), anywhere. */
  'doubleMoves',
  /** A MOVE was refused for good and is in the game none the less. */
  'refusedButPlayed',
  /** MOVED or ENDED did not follow the socket's last version by one, or STATE went back. */
  'versionGaps',
  /** A finished game without a result. */
  'missingResults',
  /** Two results of one game are not byte-equal. */
  'unequalResults',
  /** A result that is no replay of its moves, or tells another end than the players saw. */
  'wrongResults',
  /** Somebody was in two games at one time. */
  'twoGames',
  /** FIND was acknowledged, and WELCOME knows neither a game nor the queue. */
  'lostFinds',
  /** UNDONE: the store lost something. */
  'undone',
  /** Ended as aborted, unknown to every server, or still running when everything should be over. */
  'failedGames',
  /** Ended by timeout, though both players were there and willing. */
  'timeouts',
  /** A request that was never answered on a living socket. */
  'unanswered',
  /** A process ended that nobody ended. */
  'deaths',
] as const
export type Violation = (typeof violations)[number]

interface GameFacts {
  readonly cells: (number | undefined)[]
  /** Acknowledged moves: ply -> cell. */
  readonly acked: Map<number, number>
  readonly refused: { readonly ply: number; readonly cell: number; readonly p: number }[]
  readonly seats: Map<number, 0 | 1>
  resigned: boolean
  ended: boolean
  aborted: boolean
  results: number
  result: string | null
  final: { readonly moves: string | null; readonly status: string | null } | null
  lastSeen: { v: number; moves: number }
}

const EXAMPLES = 20
/** Refusals after which nothing of the request may take effect. */
const FINAL_CODES = ['STALE', 'NOT_YOUR_TURN', 'INVALID_MOVE', 'GAME_OVER', 'FORBIDDEN']

/** Judges a history; `see` every event in its order, then ask for the verdict. */
export function createChecker() {
  const games = new Map<string, GameFacts>()
  const versions = new Map<string, number>()
  const waiting = new Set<number>()
  const counts = Object.fromEntries(violations.map((violation) => [violation, 0])) as Record<Violation, number>
  const examples: string[] = []
  let moves = 0

  function found(violation: Violation, example: string): void {
    counts[violation] += 1
    if (examples.length < EXAMPLES) examples.push(`${violation}: ${example}`)
  }

  function facts(gameId: string): GameFacts {
    const known = games.get(gameId)
    if (known) return known
    const fresh: GameFacts = {
      cells: [],
      acked: new Map(),
      refused: [],
      seats: new Map(),
      resigned: false,
      ended: false,
      aborted: false,
      results: 0,
      result: null,
      final: null,
      lastSeen: { v: 0, moves: 0 },
    }
    games.set(gameId, fresh)
    return fresh
  }

  function shown(gameId: string, ply: number, cell: number, where: string): void {
    const { cells } = facts(gameId)
    if (cells[ply] !== undefined && cells[ply] !== cell)
      found('doubleMoves', `${gameId} ply ${ply} is ${cells[ply]} and, in ${where}, ${cell}`)
    cells[ply] ??= cell
  }

  function shownAll(gameId: string, all: string, where: string): void {
    for (let ply = 0; ply < all.length; ply++) shown(gameId, ply, Number(all[ply]), where)
  }

  /** A frame with a version reached a socket. */
  function version(event: { s: number; g: string; v: number; t: number }, isState: boolean): void {
    const key = `${event.s} ${event.g}`
    const last = versions.get(key)
    versions.set(key, event.v)
    if (last === undefined || (isState ? event.v >= last : event.v === last + 1)) return
    found('versionGaps', `${event.g} on socket ${event.s} at ${event.t}: ${last}, then ${event.v}`)
  }

  function see(event: Event): void {
    switch (event.e) {
      case 'ok':
        return okay(event)
      case 'error':
        if (event.type === 'move' && FINAL_CODES.includes(event.code))
          facts(event.g!).refused.push({ ply: event.ply!, cell: event.cell!, p: event.p })
        return
      case 'unanswered':
        return found('unanswered', `${event.type} of player ${event.p} at ${event.t}`)
      case 'welcome':
        if (waiting.has(event.p) && event.games.length === 0 && event.queue === null)
          found('lostFinds', `player ${event.p} at ${event.t} on ${event.server}`)
        waiting.delete(event.p)
        if (event.queue !== null) waiting.add(event.p)
        return
      case 'state': {
        const game = facts(event.g)
        version(event, true)
        shownAll(event.g, event.moves, `STATE at ${event.t}`)
        if (event.status !== 'active') ended(game, event.status)
        if (event.you === null) return
        game.seats.set(event.p, event.you)
        waiting.delete(event.p)
        return
      }
      case 'moved':
        version(event, false)
        return shown(event.g, event.ply, event.cell, `MOVED at ${event.t}`)
      case 'ended':
        version(event, false)
        return ended(facts(event.g), event.status)
      case 'undone':
        versions.delete(`${event.s} ${event.g}`)
        return found('undone', `${event.g} to version ${event.v} at ${event.t}`)
      case 'gone':
        return found('failedGames', `${event.g} is unknown to player ${event.p} at ${event.t}`)
      case 'died':
        return found('deaths', `${event.name}: ${event.how} at ${event.t}`)
      case 'result':
        return result(event.g, event.result)
      case 'final': {
        const game = facts(event.g)
        game.final = { moves: event.moves, status: event.status }
        if (event.moves !== null) shownAll(event.g, event.moves, 'the final state')
        return
      }
      default:
    }
  }

  function okay(event: Extract<Event, { e: 'ok' }>): void {
    if (event.type === 'find') waiting.add(event.p)
    else if (event.type === 'resign') facts(event.g!).resigned = true
    else if (event.type === 'move') {
      const { acked } = facts(event.g!)
      if (!acked.has(event.ply!)) moves += 1
      acked.set(event.ply!, event.cell!)
      shown(event.g!, event.ply!, event.cell!, `OK at ${event.t}`)
    }
  }

  function ended(game: GameFacts, status: string): void {
    game.ended = true
    if (status === 'aborted') game.aborted = true
  }

  function result(gameId: string, text: string): void {
    const game = facts(gameId)
    game.results += 1
    if (game.result === null) game.result = text
    else if (game.result !== text) found('unequalResults', `${gameId}: ${game.result} and ${text}`)
  }

  function judge(gameId: string, game: GameFacts, played: { userId: string; from: number; to: number; g: string }[]) {
    const record = game.result === null ? null : readResult(game.result)
    if (game.result !== null && (record === null || record.fault !== null))
      found('wrongResults', `${gameId}: ${record?.fault ?? 'unreadable'} ${game.result}`)
    if (record !== null) {
      shownAll(gameId, record.moves, 'the result')
      for (const userId of record.players)
        played.push({ userId, from: record.createdAtMs, to: record.endedAtMs, g: gameId })
      if (record.reason === 'timeout') found('timeouts', `${gameId} after ${record.moves.length} moves`)
    }
    const finalMoves = record?.moves ?? game.final?.moves ?? null
    if (game.aborted || record?.status === 'aborted') found('failedGames', `${gameId} was aborted`)
    if (game.ended || (game.final !== null && game.final.status !== null && game.final.status !== 'active')) {
      if (record === null) found('missingResults', gameId)
    } else if (record === null) found('failedGames', `${gameId} is still running`)
    judgeAcks(gameId, game, finalMoves, record)
  }

  function judgeAcks(gameId: string, game: GameFacts, final: string | null, record: ResultFacts | null): void {
    for (const [ply, cell] of game.acked) {
      if (final === null || final[ply] !== String(cell))
        found('lostAcks', `${gameId} ply ${ply} cell ${cell} is not in ${final}`)
    }
    if (game.resigned && record?.reason !== 'resign') found('lostAcks', `RESIGN of ${gameId}: ${record?.reason}`)
    for (const { ply, cell, p } of game.refused) {
      if (final?.[ply] === String(cell) && game.seats.get(p) === ply % 2)
        found('refusedButPlayed', `${gameId} ply ${ply} cell ${cell} of player ${p}`)
    }
  }

  function verdict(): Verdict {
    const played: { userId: string; from: number; to: number; g: string }[] = []
    for (const [gameId, game] of games) judge(gameId, game, played)
    played.sort((a, b) => (a.userId < b.userId ? -1 : a.userId > b.userId ? 1 : a.from - b.from))
    for (let i = 1; i < played.length; i++) {
      const [before, after] = [played[i - 1]!, played[i]!]
      if (before.userId === after.userId && after.from < before.to)
        found('twoGames', `${after.userId}: ${before.g} until ${before.to}, ${after.g} from ${after.from}`)
    }
    const finished = [...games.values()].filter(({ result }) => result !== null).length
    return { games: games.size, finished, moves, counts, examples }
  }

  return { see, verdict, unfinished: () => [...games].filter(([, { result }]) => result === null).map(([id]) => id) }
}
