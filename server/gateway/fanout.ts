import { boardCode } from '../../game/rules.ts'
import { encodeServer, stateFrames } from '../../protocol/codec.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { GameView, Seat, ServerMessage } from '../../protocol/messages.ts'
import { type GameEvent, type Snapshot, type Subscriber, seatOf } from '../room/hosted.ts'
import type { Connection, Outbox } from './connection.ts'

/** Finished games that one socket stays subscribed to; an older one is dropped for a newer one. */
const FINISHED_WATCHES_MAX = 4
/** Running games that one socket may watch at once. */
export const WATCHES_MAX = 32

/** One game's local audience. `version` is the newest that it was shown. */
export interface GameWatch {
  readonly gameId: GameId
  readonly players: readonly [UserId, UserId]
  readonly connections: Connection[]
  version: number
  /** Of the newest owner whose word was shown. */
  epoch: number
  /** The board as last shown, and the moves on it. */
  board: number
  plies: number
  over: boolean
  /** It was over when these sockets came. */
  readonly late: boolean
  /** RATED, which came before this audience was shown the end. */
  early: Uint8Array | null
  /** Spectators and players, as last told. */
  countTold: number
}

type Moved = Extract<GameEvent, { readonly type: 'moved' }>

export interface FanoutHooks {
  /** Nobody here watches the game any more. */
  readonly left: (gameId: GameId) => void
  readonly ended: (watch: GameWatch) => void
  /** An event of the game was missed. */
  readonly gap: (gameId: GameId) => void
  /** The store lost what sockets here were shown above `version`. */
  readonly undone: (gameId: GameId, version: number) => void
}

/** Who watches what on this server: events come in once and are encoded once, however many sockets hear them. */
export function createFanout(node: string, outbox: Outbox, hooks: FanoutHooks) {
  const watches = new Map<GameId, GameWatch>()
  const changed = new Set<GameWatch>()
  /** Unanswered WATCHes by game. */
  const expected = new Map<string, number>()

  function event(message: GameEvent): void {
    const watch = watches.get(message.gameId)
    if (watch === undefined) return
    if (message.type === 'moved' || message.type === 'ended') {
      if (message.version <= watch.version) return
      if (message.version > watch.version + 1) return hooks.gap(watch.gameId)
      if (message.type === 'moved' && !followsBoard(watch, message)) return hooks.gap(watch.gameId)
      watch.version = message.version
    }
    if (message.type === 'moved') {
      watch.board = message.board
      watch.plies = message.ply + 1
      for (const connection of watch.connections) outbox.tell(connection, message)
    } else broadcast(watch, encodeServer(message))
    if (message.type === 'ended') ended(watch)
  }

  /** The audience has been shown the end. */
  function ended(watch: GameWatch): void {
    watch.over = true
    if (watch.early !== null) broadcast(watch, watch.early)
    watch.early = null
    hooks.ended(watch)
  }

  /** RATED comes after ENDED, although the result may overtake the end on its way here. */
  function rated(gameId: GameId, ratings: Extract<ServerMessage, { type: 'rated' }>['ratings']): void {
    const watch = watches.get(gameId)
    if (watch === undefined) return
    const frame = encodeServer({ type: 'rated', gameId, ratings })
    if (watch.over) broadcast(watch, frame)
    else watch.early = frame
  }

  function state(snapshot: Snapshot): void {
    const watch = watches.get(snapshot.gameId)
    if (watch === undefined) return
    const { status } = snapshot.room
    note(watch, snapshot)
    watch.connections.forEach(showing(snapshot))
    if (status === 'active') watch.over = false
    else if (!watch.over) ended(watch)
  }

  /** What the owner says of the game: news is shown, late words are not; a store that went back behind what was shown is admitted. */
  function catchUp(snapshot: Snapshot): void {
    const watch = watches.get(snapshot.gameId)
    if (watch === undefined) return
    const { version } = snapshot.room
    if (takesBack(watch, snapshot)) {
      if (snapshot.epoch <= watch.epoch) return
      hooks.undone(watch.gameId, version)
      broadcast(watch, encodeServer({ type: 'undone', gameId: snapshot.gameId, version }))
    }
    state(snapshot)
  }

  /** Nobody has the game any more: all that was shown of it is lost. Should it come back it is shown as new. */
  function vanished(gameId: GameId): void {
    const watch = watches.get(gameId)
    if (watch === undefined || watch.version === 0) return
    hooks.undone(gameId, 0)
    broadcast(watch, encodeServer({ type: 'undone', gameId, version: 0 }))
    Object.assign(watch, { version: 0, board: 0, plies: 0, over: false })
  }

  /** The snapshot was overtaken on its way: sockets here were shown more. Ask again. */
  function isStale(snapshot: Snapshot): boolean {
    const watch = watches.get(snapshot.gameId)
    return watch !== undefined && takesBack(watch, snapshot) && snapshot.epoch <= watch.epoch
  }

  function broadcast(watch: GameWatch, frame: Uint8Array): void {
    for (const connection of watch.connections) outbox.send(connection, frame)
  }

  /** Shows sockets the snapshot, which is encoded once for all of them. */
  function showing(snapshot: Snapshot): (connection: Connection) => void {
    const frameFor = framesOf(snapshot)
    return (connection) => outbox.send(connection, frameFor(connection.userId))
  }

  /** Subscribes one socket. `snapshot` is what it is shown next. False: it watches too many games. */
  function join(connection: Connection, snapshot: Snapshot): boolean {
    const over = snapshot.room.status !== 'active'
    const existing = watches.get(snapshot.gameId)
    // Those who watch already have missed what this snapshot shows, or were shown what the store has lost.
    if (existing !== undefined && (snapshot.room.version !== existing.version || takesBack(existing, snapshot)))
      catchUp(snapshot)
    if (existing?.connections.includes(connection)) return true
    if (!makeRoom(connection, over)) return false
    const watch = existing ?? newWatch(snapshot, over)
    watches.set(watch.gameId, watch)
    watch.connections.push(connection)
    connection.watching.push(watch)
    changed.add(watch)
    return true
  }

  /** An old finished game gives way to a new one; running games are kept, up to a limit. */
  function makeRoom(connection: Connection, over: boolean): boolean {
    let finished = 0
    for (const watch of connection.watching) if (watch.over) finished += 1
    if (finished >= FINISHED_WATCHES_MAX) leave(connection, connection.watching.find((watch) => watch.over)!)
    return over || connection.watching.length < WATCHES_MAX
  }

  function leave(connection: Connection, watch: GameWatch): void {
    remove(connection.watching, watch)
    remove(watch.connections, connection)
    changed.add(watch)
    if (watch.connections.length > 0) return
    watches.delete(watch.gameId)
    changed.delete(watch)
    if (!expected.has(watch.gameId)) hooks.left(watch.gameId)
  }

  /** A WATCH is on its way to the owner: the game's events must go on coming, whoever leaves meanwhile. */
  function expect(gameId: string): void {
    expected.set(gameId, (expected.get(gameId) ?? 0) + 1)
  }

  /** It was answered, and whoever asked has joined or not. */
  function arrived(gameId: string): void {
    const left = (expected.get(gameId) ?? 1) - 1
    if (left > 0) return void expected.set(gameId, left)
    expected.delete(gameId)
    if (!watches.has(gameId as GameId)) hooks.left(gameId as GameId)
  }

  const subscriber: Subscriber = { node, event, state: catchUp }
  return {
    subscriber,
    join,
    leave,
    catchUp,
    vanished,
    rated,
    isStale,
    gameIds: () => [...watches.keys()],
    expect,
    arrived,
    showing,
    watchOf: (gameId: string) => watches.get(gameId as GameId),
    isWatching: (connection: Connection, gameId: string) =>
      connection.watching.some((watch) => watch.gameId === gameId),
    size: () => watches.size,
    /** Tells WATCHERS where the audience changed since the last call. */
    tellWatchers(): void {
      for (const watch of changed) {
        const count = watch.connections.length
        if (count === watch.countTold) continue
        watch.countTold = count
        broadcast(watch, encodeServer({ type: 'watchers', gameId: watch.gameId, count }))
      }
      changed.clear()
    },
  }
}
export type Fanout = ReturnType<typeof createFanout>

function newWatch(snapshot: Snapshot, over: boolean): GameWatch {
  const { gameId, room } = snapshot
  const players = [room.players[0].id, room.players[1].id] as const
  const watch = {
    gameId,
    players,
    connections: [],
    version: 0,
    epoch: 0,
    board: 0,
    plies: 0,
    over,
    late: over,
    early: null,
    countTold: 0,
  }
  note(watch, snapshot)
  return watch
}

/** The watch is shown this. */
function note(watch: GameWatch, { room, epoch }: Snapshot): void {
  watch.version = room.version
  watch.epoch = Math.max(watch.epoch, epoch)
  watch.board = boardCode(room.moves)
  watch.plies = room.moves.length
}

/** Is the board that was shown one that this game went through? The store may have lost it, and the game gone on differently. */
const continuesBoard = ({ board, plies }: GameWatch, { room }: Snapshot): boolean =>
  plies <= room.moves.length && boardCode(room.moves.slice(0, plies)) === board

/** Is it a move on the board that was shown? The store may have lost that, and what is news elsewhere hides the loss here. */
const followsBoard = ({ board, plies }: GameWatch, { ply, cell, board: next }: Moved): boolean =>
  ply === plies && next === board + (ply % 2 === 0 ? 1 : 2) * 3 ** cell

/** Does the snapshot lack something that sockets here were shown? */
const takesBack = (watch: GameWatch, snapshot: Snapshot): boolean =>
  snapshot.room.version < watch.version ||
  !continuesBoard(watch, snapshot) ||
  (watch.over && snapshot.room.status === 'active')

function remove<T>(items: T[], item: T): void {
  const at = items.indexOf(item)
  if (at >= 0) items.splice(at, 1)
}

/** One encoding of a snapshot for all its receivers, who differ in `you` alone. */
function framesOf(snapshot: Snapshot): (userId: UserId) => Uint8Array {
  const { gameId, room } = snapshot
  const frames = stateFrames({ type: 'state', gameId, version: room.version, game: viewOf(snapshot) })
  return (userId) => frames(seatOf(room, userId))
}

function viewOf({ room, connected }: Snapshot): GameView {
  const player = (seat: Seat) => {
    const { id, name, rating } = room.players[seat]
    return { id, name, rating, connected: connected[seat] }
  }
  return {
    mode: room.mode,
    players: [player(0), player(1)],
    moves: room.moves,
    turn: room.status === 'active' ? (room.moves.length % 2 === 0 ? 0 : 1) : null,
    status: room.status,
    reason: room.reason,
    winner: room.winner,
    line: room.line,
    deadline: room.deadlineMs,
    createdAt: room.createdAtMs,
    you: null,
  }
}
