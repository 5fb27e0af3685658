import type { Clock } from '../../kit/clock.ts'
import { encodeServer } from '../../protocol/codec.ts'
import type { ErrorCode, Refusal } from '../../protocol/errors.ts'
import { refusal } from '../../protocol/errors.ts'
import type { ClientMessage } from '../../protocol/messages.ts'
import type { Lobby } from '../lobby/lobby.ts'
import type { Metrics } from '../metrics.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { Reply, RoomAnswer, RoomRequest } from '../room/requests.ts'
import type { Connection, Outbox } from './connection.ts'
import type { Fanout } from './fanout.ts'
import type { Players } from './players.ts'

type RoomMessage = Extract<ClientMessage, { type: 'move' | 'watch' | 'unwatch' | 'resign' | 'rematch' | 'say' }>

/** Finds the owner of a game, here or elsewhere, and asks it. Always answers, UNAVAILABLE at the latest after its patience. */
export type AskRoom = (request: RoomRequest, reply: Reply) => void

export interface RoomRequestsOptions {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly outbox: Outbox
  readonly players: Players
  readonly fanout: Fanout
  readonly lobby: Lobby
  readonly ask: AskRoom
  /** Why no new game is taken now; null: they are. */
  readonly closedFor: () => Refusal | null
}

/** An answer that sockets here are ahead of is asked for anew, so often at most. */
const ASKED_MAX = 3
/** A WATCH that nobody asked for has nobody who repeats it: between two tries, in ms, and how many. */
const UNASKED_RETRY_MS = 500
const UNASKED_TRIES_MAX = 60
const OVERTAKEN = refusal('UNAVAILABLE', 'the game moves to another server', { retryAfterMs: 200 })

/** Requests about one game, from sockets. */
export function createRoomRequests(options: RoomRequestsOptions) {
  const { outbox, fanout, lobby, metrics, ask } = options

  function handle(connection: Connection, message: RoomMessage): void {
    connection.open += 1
    if (message.type === 'rematch') return rematch(connection, message.rid, message.gameId)
    if (message.type === 'watch') return watch(connection, message.rid, message.gameId)
    ask(requestOf(connection, message), (answer) => {
      connection.open -= 1
      if (answer.type === 'ok') okay(connection, message.rid)
      else refuse(connection, message.rid, refusalOf(answer))
      if (message.type === 'unwatch' && answer.type === 'ok') unwatch(connection, message.gameId)
    })
  }

  function requestOf(
    connection: Connection,
    message: Exclude<RoomMessage, { type: 'rematch' | 'watch' }>,
  ): RoomRequest {
    const { userId } = connection
    const { gameId } = message
    switch (message.type) {
      case 'move':
        return { type: 'move', gameId, userId, ply: message.ply, cell: message.cell }
      case 'say':
        return { type: 'say', gameId, userId, phrase: message.phrase, watching: fanout.isWatching(connection, gameId) }
      default:
        return { type: message.type, gameId, userId }
    }
  }

  /** `rid` null: the WATCH that `/games/{id}/live` implies, which has no answer of its own. */
  function watch(connection: Connection, rid: number | null, gameId: string, asked = 1): void {
    fanout.expect(gameId)
    ask({ type: 'watch', gameId, userId: connection.userId }, (answer) => {
      const overtaken = answer.type === 'snapshot' && fanout.isStale(answer.snapshot)
      if (overtaken && asked < ASKED_MAX) {
        watch(connection, rid, gameId, asked + 1)
        return fanout.arrived(gameId)
      }
      if (rid !== null) connection.open -= 1
      if (answer.type === 'snapshot' && !overtaken) watched(connection, rid, answer.snapshot)
      else {
        const why = overtaken ? OVERTAKEN : refusalOf(answer)
        if (rid === null && why.code === 'UNAVAILABLE' && asked < UNASKED_TRIES_MAX)
          watchLater(connection, gameId, asked)
        else refuse(connection, rid, why)
      }
      fanout.arrived(gameId)
    })
  }

  function watchLater(connection: Connection, gameId: string, asked: number): void {
    options.clock.after(UNASKED_RETRY_MS, () => {
      if (!connection.closed) watch(connection, null, gameId, Math.max(asked, ASKED_MAX) + 1)
    })
  }

  function watched(connection: Connection, rid: number | null, snapshot: Snapshot): void {
    if (connection.closed) return
    if (!fanout.join(connection, snapshot)) {
      return refuse(
        connection,
        rid,
        refusal('RATE_LIMITED', 'this socket watches too many games', { retryAfterMs: 1_000 }),
      )
    }
    if (rid !== null) okay(connection, rid)
    fanout.showing(snapshot)(connection)
    const player = options.players.get(connection.userId)
    if (player?.unseen.delete(snapshot.gameId)) void lobby.seen(connection.userId, snapshot.gameId).catch(() => {})
  }

  function unwatch(connection: Connection, gameId: string): void {
    const watch = connection.watching.find((candidate) => candidate.gameId === gameId)
    if (watch) fanout.leave(connection, watch)
  }

  /** Asks for a rematch; when both have, opens it and answers with the new game. */
  function rematch(connection: Connection, rid: number, gameId: string): void {
    const { identity, userId } = connection
    const done = (answer: { value?: string } | Refusal) => {
      connection.open -= 1
      if ('code' in answer) refuse(connection, rid, answer)
      else okay(connection, rid, answer.value)
    }
    const failed = () => done(refusal('UNAVAILABLE', 'the stores are out of reach', { retryAfterMs: 1_000 }))
    ask({ type: 'read', gameId, userId }, (read) => {
      if (read.type !== 'snapshot') return done(refusalOf(read))
      const closed = options.closedFor()
      if (closed) return done(closed)
      const { snapshot } = read
      const { players, status } = snapshot.room
      if (players[0].id !== userId && players[1].id !== userId)
        return done(refusal('FORBIDDEN', 'not a seat of this game'))
      if (status === 'active') return done(refusal('FORBIDDEN', 'the game is still running'))
      lobby
        .mayRematch(identity, snapshot)
        .then((terms) => {
          if (!terms.ok) return done(terms.error)
          const { lapsed, seen } = terms.value
          ask({ type: 'rematch', gameId, userId, lapsed }, (answer) => {
            if (answer.type === 'ok') return done({})
            if (answer.type !== 'agreed') return done(refusalOf(answer))
            lobby
              .rematch(identity, answer.snapshot, seen)
              .then((opened) => done(opened.ok ? { value: opened.value.gameId } : opened.error), failed)
          })
        })
        .catch(failed)
    })
  }

  function okay(connection: Connection, rid: number, value?: string): void {
    outbox.tell(connection, value === undefined ? { type: 'ok', rid } : { type: 'ok', rid, value })
  }

  function refuse(connection: Connection, rid: number | null, why: Refusal): void {
    metrics.refusals[why.code as ErrorCode] += 1
    outbox.send(connection, encodeServer({ type: 'error', rid, ...why }))
  }

  return {
    handle,
    watchUnasked: (connection: Connection, gameId: string) => watch(connection, null, gameId),
    okay,
    refuse,
  }
}
export type RoomRequests = ReturnType<typeof createRoomRequests>

/** An answer that names no refusal here means that the owner changed meanwhile. */
export const refusalOf = (answer: RoomAnswer): Refusal =>
  answer.type === 'refused'
    ? answer.refusal
    : refusal('UNAVAILABLE', 'the game moves to another server', { retryAfterMs: 200 })
