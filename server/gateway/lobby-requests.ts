import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { acceptedWidth, BOT_OFFER_AFTER_MS } from '../../ports/matching.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'
import { encodeServer } from '../../protocol/codec.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { ClientMessage } from '../../protocol/messages.ts'
import type { Lobby } from '../lobby/lobby.ts'
import type { Connection, Outbox } from './connection.ts'
import type { LocalPlayer, Players } from './players.ts'
import type { RoomRequests } from './room-requests.ts'

type LobbyMessage = Extract<ClientMessage, { type: 'find' | 'cancel' | 'invite' | 'accept' }>

/** Between two QUEUE frames of one player, in ms; PROTOCOL.md allows 5,000. */
const QUEUE_EVERY_MS = 2_000
/** Between two looks whether one who waits still does, in ms: as often as games of other servers are asked for anew. */
const CHECK_EVERY_MS = 5_000

export interface LobbyRequestsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly lobby: Lobby
  readonly players: Players
  readonly outbox: Outbox
  readonly rooms: RoomRequests
  /** Players connected to the platform, as far as known. */
  readonly online: () => number
  /** Resolves when the store knows again what it may have forgotten. */
  readonly storeKnows: () => Promise<void>
  /** Why no new game or ticket is taken now; null: they are. */
  readonly closedFor: () => Refusal | null
}

/** Requests for a game to come, from sockets. */
export function createLobbyRequests(options: LobbyRequestsOptions) {
  const { lobby, players, rooms, outbox, clock } = options

  function handle(connection: Connection, message: LobbyMessage): void {
    const closed = message.type === 'cancel' ? null : options.closedFor()
    if (closed) return rooms.refuse(connection, message.rid, closed)
    connection.open += 1
    const settle = () => {
      connection.open -= 1
    }
    run(connection, message).then(
      (answer) => {
        settle()
        if (answer.ok) rooms.okay(connection, message.rid, answer.value)
        else rooms.refuse(connection, message.rid, answer.error)
        if (answer.ok && message.type === 'find') tellQueueSoon(connection)
      },
      (error: unknown) => {
        settle()
        options.log.warn('lobby_request_failed', { type: message.type, error })
        const player = players.get(connection.userId)
        if (player && message.type === 'find') player.queueDoubtful = true
        rooms.refuse(
          connection,
          message.rid,
          refusal('UNAVAILABLE', 'the stores are out of reach', { retryAfterMs: 1_000 }),
        )
      },
    )
  }

  async function run(connection: Connection, message: LobbyMessage): Promise<Result<string | undefined, Refusal>> {
    const user = connection.identity
    switch (message.type) {
      case 'find': {
        if (message.mode === 'bot') return gameIdOf(await lobby.playBot(user, message.level, null))
        const before = players.get(user.userId)?.playing ?? null
        const queued = await lobby.find(user, message.mode)
        if (queued.ok) await noteQueued(connection, queued.value, before)
        else if (queued.error.code === 'ALREADY_QUEUED') await noteStanding(connection, before)
        return queued.ok ? ok(undefined) : queued
      }
      case 'cancel': {
        const cancelled = await lobby.cancel(user)
        if (!cancelled.ok) return cancelled
        const player = players.get(user.userId)
        if (player) Object.assign(player, { queue: null, queueDoubtful: false })
        return ok(undefined)
      }
      case 'invite': {
        const code = await lobby.invite(user)
        const player = players.get(user.userId)
        if (code.ok && player?.playing === null) player.invite = { code: code.value, name: user.name }
        return code
      }
      case 'accept':
        return gameIdOf(await lobby.accept(user, message.code))
    }
  }

  /**
   * The last socket may have closed while the ticket was written, or the ticket may have become a game. `before`: what the player played
   * when they asked, as far as this server knew; whoever is queued does not.
   */
  async function noteQueued(connection: Connection, ticket: Ticket, before: GameId | null): Promise<void> {
    const player = players.get(connection.userId)
    if (player === undefined) return lobby.absent(connection.userId)
    if (player.playing !== before) return
    player.playing = null
    player.queue = ticket
    player.queueDoubtful = false
    player.queueCheckedMs = clock.monotonic()
  }

  /** The FIND is a repeat whose first try was not answered, or another server's: the ticket stands, or is made to. */
  async function noteStanding(connection: Connection, before: GameId | null): Promise<void> {
    if (players.get(connection.userId)?.queue !== null) return
    const { queue } = await lobby.welcome(connection.identity)
    if (queue !== null) await noteQueued(connection, queue, before)
  }

  function tellQueueSoon(connection: Connection): void {
    const player = players.get(connection.userId)
    if (player?.queue) tellQueue(player, player.queue, clock.monotonic())
  }

  function tellQueue(player: LocalPlayer, place: Ticket, nowMs: number): void {
    player.queueToldMs = nowMs
    const waitedMs = Math.max(0, clock.now() - place.enqueuedAtMs)
    const frame = encodeServer({
      type: 'queue',
      mode: place.mode,
      waitedMs,
      width: place.mode === 'ranked' ? acceptedWidth('ranked', waitedMs) : null,
      online: options.online(),
      botOffered: place.mode === 'casual' && waitedMs >= BOT_OFFER_AFTER_MS,
    })
    for (const connection of player.connections) outbox.send(connection, frame)
  }

  /** The news that a game opened may have been lost, as when this server slept: who waits is looked up from time to time. */
  async function checkPlace(player: LocalPlayer): Promise<void> {
    const { queue: place } = player
    player.queueCheckedMs = clock.monotonic()
    const { identity } = player.connections[0]!
    let found = await lobby.welcome(identity)
    if (place !== null && found.queue === null) {
      await options.storeKnows()
      found = await lobby.welcome(identity)
    }
    const { games, unseen, queue } = found
    player.queueDoubtful = false
    if (player.queue !== place) return
    player.queue = queue
    if (queue !== null) return
    // Once more: the game that stands in the way may never begin, and then the ticket waits again.
    player.queueDoubtful = place !== null
    player.playing = games.find((gameId) => !unseen.includes(gameId)) ?? null
    for (const gameId of unseen) player.unseen.add(gameId)
    for (const connection of player.connections) for (const gameId of games) rooms.watchUnasked(connection, gameId)
  }

  return {
    handle,
    /** Tells everyone who waits how it stands; called every second. */
    tellQueues(): void {
      const nowMs = clock.monotonic()
      for (const player of players.all()) {
        if (player.queue === null && !player.queueDoubtful) continue
        if (player.queue !== null && nowMs - player.queueToldMs >= QUEUE_EVERY_MS)
          tellQueue(player, player.queue, nowMs)
        if (nowMs - player.queueCheckedMs < CHECK_EVERY_MS) continue
        checkPlace(player).catch((error: unknown) => options.log.warn('queue_check_failed', { error }))
      }
    },
  }
}
export type LobbyRequests = ReturnType<typeof createLobbyRequests>

const gameIdOf = (opened: Result<{ readonly gameId: string }, Refusal>): Result<string, Refusal> =>
  opened.ok ? ok(opened.value.gameId) : err(opened.error)
