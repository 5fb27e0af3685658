import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { VerifyToken } from '../../ports/auth/identity.ts'
import { decodeClient, encodeServer } from '../../protocol/codec.ts'
import { CloseCode, type Refusal, refusal } from '../../protocol/errors.ts'
import type { GameId } from '../../protocol/ids.ts'
import { SOCKETS_PER_USER_MAX } from '../../protocol/limits.ts'
import type { ClientMessage, ServerMessage } from '../../protocol/messages.ts'
import type { Lobby } from '../lobby/lobby.ts'
import type { Welcome } from '../lobby/returns.ts'
import type { Metrics } from '../metrics.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { PlayerSocket, SocketHandlers } from '../socket/hub.ts'
import type { Pass } from './admission.ts'
import type { Connection, Outbox } from './connection.ts'
import type { Fanout } from './fanout.ts'
import { frameLimiter, retryAfterMs, takeFrame } from './frame-limiter.ts'
import type { LobbyRequests } from './lobby-requests.ts'
import type { LocalPlayer, Players } from './players.ts'
import type { RoomRequests } from './room-requests.ts'

/** Requests of one socket without an answer; more are told to wait. */
const OPEN_REQUESTS_MAX = 128

export interface GatewayOptions {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly framesPerSecond: number
  readonly verify: VerifyToken
  readonly admit: SocketHandlers<Pass, Connection>['admit']
  readonly leaveAddress: (address: string) => void
  readonly players: Players
  readonly outbox: Outbox
  readonly fanout: Fanout
  readonly lobby: Lobby
  readonly rooms: RoomRequests
  readonly lobbyRequests: LobbyRequests
  /** The fields of WELCOME that are the server's. */
  readonly greeting: () => Pick<Extract<ServerMessage, { type: 'welcome' }>['info'], 'server' | 'level' | 'durability'>
  readonly presence: (gameId: GameId, player: LocalPlayer, connected: boolean) => void
}

/** The socket side of a server: who is connected, what they ask, and what they are told. */
export function createGateway(options: GatewayOptions): SocketHandlers<Pass, Connection> {
  const { clock, metrics, players, outbox, fanout, lobby, framesPerSecond } = options
  let lastId = 0

  const tell = (connection: Connection, message: ServerMessage): void => outbox.send(connection, encodeServer(message))

  function opened(socket: PlayerSocket, pass: Pass): Connection {
    const nowMs = clock.monotonic()
    const { identity, address } = pass
    const connection: Connection = {
      id: ++lastId,
      userId: identity.userId,
      socket,
      limiter: frameLimiter(nowMs),
      address,
      identity,
      unsent: null,
      lastUnsent: null,
      nextToSend: null,
      watching: [],
      open: 0,
      lastFrameMs: nowMs,
      lastPongMs: nowMs,
      lastPingMs: nowMs,
      closed: false,
    }
    metrics.connections += 1
    const first = players.add(connection)
    const mine = players.get(connection.userId)!
    if (mine.connections.length > SOCKETS_PER_USER_MAX) {
      outbox.end(mine.connections[0]!, CloseCode.replaced, `more than ${SOCKETS_PER_USER_MAX} sockets`)
    }
    lobby.welcome(connection.identity).then(
      (welcome) => greet(connection, welcome, pass.live, first),
      (error: unknown) => {
        options.log.warn('welcome_failed', { error })
        outbox.end(connection, CloseCode.serverFault, 'stores out of reach')
      },
    )
    return connection
  }

  function greet(connection: Connection, welcome: Welcome, live: string | null, first: boolean): void {
    const player = players.get(connection.userId)
    if (player === undefined || connection.closed) return
    const { unseen } = welcome
    for (const gameId of unseen) player.unseen.add(gameId)
    // A game may have opened while the player was looked up.
    const found = welcome.games.find((gameId) => !unseen.includes(gameId)) ?? null
    const playing = found ?? player.playing
    const games = found === null && playing !== null ? [playing, ...unseen] : welcome.games
    const queue = playing === null ? welcome.queue : null
    // Those who wait on another socket hear here that the wait is over.
    if (player.queue !== null && playing !== null)
      for (const other of player.connections) if (other !== connection) options.rooms.watchUnasked(other, playing)
    player.playing = playing
    player.queue = queue
    if (first && playing !== null) options.presence(playing, player, true)
    const { name } = connection.identity
    const info = { name, games, queue: queue?.mode ?? null, protocol: 1, ...options.greeting() } as const
    tell(connection, { type: 'welcome', userId: connection.userId, serverTime: clock.now(), info })
    if (live !== null) options.rooms.watchUnasked(connection, live)
  }

  function frame(connection: Connection, bytes: Uint8Array, binary: boolean): void {
    metrics.framesIn += 1
    if (!binary) return outbox.end(connection, CloseCode.textFrame, 'binary frames only')
    const nowMs = clock.monotonic()
    connection.lastFrameMs = nowMs
    const decoded = decodeClient(bytes, connection.watching.at(-1)?.gameId)
    if (!decoded.ok && decoded.error.kind === 'close') {
      return outbox.end(connection, decoded.error.code, decoded.error.why)
    }
    const verdict = takeFrame(connection.limiter, framesPerSecond, nowMs)
    if (verdict === 'flood') return outbox.end(connection, CloseCode.flood, 'too many frames')
    if (!decoded.ok) {
      const { rid, code, message } = decoded.error as Extract<typeof decoded.error, { kind: 'error' }>
      return refuse(connection, rid, refusal(code, message))
    }
    const message = decoded.value
    if (verdict === 'limited' || connection.open >= OPEN_REQUESTS_MAX) {
      const waitMs = verdict === 'limited' ? retryAfterMs(connection.limiter, framesPerSecond, nowMs) : 1_000
      const why = refusal('RATE_LIMITED', 'too many frames', { retryAfterMs: waitMs })
      return refuse(connection, message.type === 'ping' ? null : message.rid, why)
    }
    dispatch(connection, message)
  }

  function dispatch(connection: Connection, message: ClientMessage): void {
    switch (message.type) {
      case 'move':
      case 'watch':
      case 'unwatch':
      case 'resign':
      case 'rematch':
      case 'say':
        return options.rooms.handle(connection, message)
      case 'find':
      case 'cancel':
      case 'invite':
      case 'accept':
        return options.lobbyRequests.handle(connection, message)
      case 'ping':
        return tell(connection, { type: 'pong', clientTime: message.clientTime, serverTime: clock.now() })
      case 'auth':
        return void authenticate(connection, message.rid, message.jwt)
    }
  }

  async function authenticate(connection: Connection, rid: number, jwt: string): Promise<void> {
    const verified = await options.verify(jwt).catch(() => null)
    if (verified === null) {
      return refuse(connection, rid, refusal('UNAVAILABLE', 'keys are out of reach', { retryAfterMs: 1_000 }))
    }
    if (!verified.ok) return refuse(connection, rid, refusal('UNAUTHENTICATED', `access token ${verified.error}`))
    if (verified.value.userId !== connection.userId) {
      return refuse(connection, rid, refusal('FORBIDDEN', "another user's token"))
    }
    connection.identity = verified.value
    tell(connection, { type: 'ok', rid })
  }

  function refuse(connection: Connection, rid: number | null, why: Refusal): void {
    metrics.refusals[why.code] += 1
    tell(connection, { type: 'error', rid, ...why })
  }

  function closed(connection: Connection, code: number): void {
    connection.closed = true
    metrics.connections -= 1
    metrics.socketClosed(code)
    options.leaveAddress(connection.address)
    for (const watch of [...connection.watching]) fanout.leave(connection, watch)
    const gone = players.remove(connection)
    if (gone === null) return
    if (gone.playing !== null) options.presence(gone.playing, gone, false)
    if (gone.queue !== null || gone.queueDoubtful)
      lobby.absent(gone.userId).catch((error: unknown) => options.log.warn('absent_failed', { error }))
  }

  return {
    admit: options.admit,
    abandoned: (pass) => options.leaveAddress(pass.address),
    opened,
    frame,
    pong: (connection) => {
      connection.lastPongMs = clock.monotonic()
    },
    closed,
  }
}

/** A game opened: every socket of both players here hears of it from its first version on. */
export function showOpening(players: Players, fanout: Fanout, snapshot: Snapshot): void {
  const show = fanout.showing(snapshot)
  for (const { id } of snapshot.room.players) {
    const player = players.get(id)
    if (player === undefined) continue
    player.playing = snapshot.gameId
    player.queue = null
    player.invite = null
    for (const connection of player.connections) {
      if (fanout.join(connection, snapshot)) show(connection)
    }
  }
}
