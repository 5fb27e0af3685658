import { boardCode, winnerLine } from '../game/rules.ts'
import { below, fraction, pick, type Random } from '../kit/random.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { GameId } from '../protocol/ids.ts'
import type { ClientMessage, GameView, Line, Seat, ServerMessage } from '../protocol/messages.ts'
import { type MemoryNetwork, type Peer, type VirtualClock, view } from './test-harness.ts'

type Sent<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>
/** OK or ERROR, before it has its `rid`. */
type Answer =
  | { readonly type: 'ok'; readonly value?: string }
  | Omit<Extract<ServerMessage, { readonly type: 'error' }>, 'rid'>
type Fault = 'none' | 'lost_before' | 'lost_after' | 'unavailable_before' | 'unavailable_after'

interface Table {
  readonly id: GameId
  moves: number[]
  ended: { readonly winner: Seat | null; readonly line: Line | null } | null
  readonly watching: Set<Peer>
}

/** A platform that keeps the promises of PROTOCOL.md to one player, and breaks everything that it may break. */
export interface FaultyPlatform {
  /** The state that every client must end with. */
  truth(gameId: GameId): { readonly version: number; readonly game: GameView }
  /** How often each fault happened. */
  readonly faults: Map<Fault | 'event_missed', number>
}

/** `rate`: the share of frames, 0..1, that meet a fault. */
export function faultyPlatform(
  network: MemoryNetwork,
  clock: VirtualClock,
  random: Random,
  rate: number,
): FaultyPlatform {
  const tables = new Map<GameId, Table>()
  const faults = new Map<Fault | 'event_missed', number>()
  const count = (fault: Fault | 'event_missed') => faults.set(fault, (faults.get(fault) ?? 0) + 1)
  const current = () => [...tables.values()].find(({ ended }) => ended === null)

  network.onOpen = (peer) => peer.welcome({ games: [...tables.keys()].slice(-1) })
  network.onFrame = (peer, message) => {
    const fault: Fault =
      message.type === 'ping' || fraction(random) >= rate
        ? 'none'
        : pick(random, ['lost_before', 'lost_after', 'unavailable_before', 'unavailable_after'])
    count(fault)
    // A server answers later than in the turn in which it was asked.
    clock.after(below(random, 50), () => serve(peer, message, fault))
  }

  function serve(peer: Peer, message: ClientMessage, fault: Fault): void {
    if (peer.closed()) return
    if (fault === 'lost_before') {
      peer.close()
      return
    }
    const answer = fault === 'unavailable_before' || message.type === 'ping' ? null : apply(peer, message)
    if (fault === 'lost_after') peer.close()
    else if (message.type === 'ping')
      peer.push({ type: 'pong', clientTime: message.clientTime, serverTime: clock.now() })
    else if (answer === null || fault === 'unavailable_after') {
      const details = { retryAfterMs: 100 }
      peer.push({ type: 'error', rid: message.rid, code: 'UNAVAILABLE', message: '', details })
    } else {
      peer.push({ ...answer, rid: message.rid } as ServerMessage)
      if (message.type === 'watch' && answer.type === 'ok') snapshot(peer, tables.get(message.gameId as GameId)!)
    }
  }

  function apply(peer: Peer, message: Exclude<ClientMessage, Sent<'ping'>>): Answer {
    if (message.type === 'find') return find(peer)
    const table = 'gameId' in message ? tables.get(message.gameId as GameId) : undefined
    if (table === undefined) return { type: 'error', code: 'NOT_FOUND', message: '' }
    if (message.type === 'watch') table.watching.add(peer)
    return message.type === 'move' ? move(table, message) : { type: 'ok' }
  }

  function find(peer: Peer): Answer {
    const playing = current()
    if (playing) return { type: 'error', code: 'ALREADY_PLAYING', message: '', details: { gameId: playing.id } }
    const id = `0a0a0a0a-0000-8000-8000-${String(tables.size + 1).padStart(12, '0')}` as GameId
    const table: Table = { id, moves: [], ended: null, watching: new Set([peer]) }
    tables.set(id, table)
    snapshot(peer, table)
    return { type: 'ok', value: id }
  }

  function move(table: Table, { ply, cell }: Sent<'move'>): Answer {
    const refuse = (code: ErrorCode): Answer => ({ type: 'error', code, message: code })
    if (ply % 2 === 0 && table.moves[ply] === cell) return { type: 'ok' }
    if (table.ended !== null) return refuse('GAME_OVER')
    if (ply !== table.moves.length) return refuse('STALE')
    if (table.moves.includes(cell)) return refuse('INVALID_MOVE')
    play(table, cell)
    if (table.ended === null) play(table, pick(random, free(table)))
    return { type: 'ok' }
  }

  function play(table: Table, cell: number): void {
    table.moves.push(cell)
    const { moves } = table
    const line = winnerLine(moves)
    const over = line !== null || moves.length === 9
    const version = moves.length + 1
    const deadline = over ? null : START + moves.length
    tell(table, {
      type: 'moved',
      gameId: table.id,
      version,
      ply: moves.length - 1,
      cell,
      board: boardCode(moves),
      deadline,
    })
    if (!over) return
    const winner = line === null ? null : (((moves.length - 1) % 2) as Seat)
    const reason = line === null ? 'board_full' : 'line'
    table.ended = { winner, line }
    tell(table, { type: 'ended', gameId: table.id, version: version + 1, status: 'completed', reason, winner, line })
  }

  /** An event that the server itself missed is never told; as promised, STATE follows, unasked. */
  function tell(table: Table, event: ServerMessage): void {
    const missed = fraction(random) < rate / 2
    const each = (run: (peer: Peer) => void) => {
      for (const peer of table.watching) run(peer)
    }
    if (missed) {
      count('event_missed')
      clock.after(1_000, () => each((peer) => snapshot(peer, table)))
    } else each((peer) => peer.push(event))
  }

  const free = ({ moves }: Table) => [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !moves.includes(cell))
  const snapshot = (peer: Peer, { id }: Table) => peer.push({ type: 'state', gameId: id, ...truth(id) })

  function truth(gameId: GameId) {
    const { moves, ended } = tables.get(gameId)!
    const deadline = START + moves.length
    if (ended === null) return { version: moves.length + 1, game: view([...moves], { mode: 'bot', deadline }) }
    const reason = ended.line === null ? 'board_full' : 'line'
    const over = { mode: 'bot', turn: null, deadline: null, status: 'completed', reason, ...ended } as const
    return { version: moves.length + 2, game: view([...moves], over) }
  }

  return { truth, faults }
}

const START = 1_700_000_000_000
