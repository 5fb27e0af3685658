import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Bus } from '../ports/bus.ts'
import type { Invites } from '../ports/invites.ts'
import type { NodeRegistry } from '../ports/node-registry.ts'
import type { TicketQueue } from '../ports/ticket-queue.ts'
import type { UserIndex } from '../ports/user-index.ts'
import { type Refusal, refusal } from '../protocol/errors.ts'
import { WATCHERS_INTERVAL_MS } from '../protocol/limits.ts'
import type { Durability, GoodbyeReason } from '../protocol/messages.ts'
import type { VerifyToken } from './auth/identity.ts'
import { createMesh } from './bus/mesh.ts'
import { createGames } from './games.ts'
import { createAdmission, type Pass } from './gateway/admission.ts'
import { type Connection, createOutbox } from './gateway/connection.ts'
import { createFanout } from './gateway/fanout.ts'
import { createGateway } from './gateway/gateway.ts'
import { sayGoodbye } from './gateway/goodbye.ts'
import { startHeartbeat } from './gateway/heartbeat.ts'
import { createLobbyRequests } from './gateway/lobby-requests.ts'
import { createPlayers } from './gateway/players.ts'
import { createRoomRequests } from './gateway/room-requests.ts'
import { createCreation } from './lobby/creation.ts'
import { createLobby } from './lobby/lobby.ts'
import { roomOpener } from './lobby/room-opener.ts'
import { createMembership } from './membership.ts'
import { createMetrics } from './metrics.ts'
import { createAdoption } from './room/adoption.ts'
import { createForgetting } from './room/forgetting.ts'
import { createOwner } from './room/owner.ts'
import { createRevival } from './room/storage.ts'
import { createHandover } from './shard/handover.ts'
import type { ShardLedger } from './shard/ledger.ts'
import { createShards } from './shard/shards.ts'
import { createTakeover } from './shard/takeover.ts'
import type { SocketHandlers, UpgradeRequest } from './socket/hub.ts'

export interface ServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly nodeId: string
  readonly region: string
  readonly turnMs: number
  readonly framesPerSecond: number
  readonly maxSocketsPerAddress: number
  readonly allowedOrigins: readonly string[]
  readonly clientAddress: (request: Pick<UpgradeRequest, 'address' | 'forwardedFor'>) => string
  readonly durability: Durability
  readonly ledger: ShardLedger
  readonly users: UserIndex
  readonly tickets: TicketQueue
  readonly invites: Invites
  readonly registry: NodeRegistry
  readonly bus: Bus
  readonly verify: VerifyToken
}

/** One server: gateway of its sockets, owner of its shards. Wires the parts; decides nothing itself. */
export function createServer(options: ServerOptions) {
  const { clock, random, log, ledger, users, tickets, invites, region, turnMs } = options
  const node = `${options.nodeId}.${Buffer.from(random.bytes(6)).toString('hex')}`
  const metrics = createMetrics()
  const players = createPlayers()
  const outbox = createOutbox(clock, metrics)
  const timers: CancelTimer[] = []
  const startedMs = clock.monotonic()
  let state: 'starting' | 'ok' | 'draining' = 'starting'
  const nowMs = () => clock.now()

  const fanout = createFanout(node, outbox, {
    left: (gameId) => mesh.left(gameId),
    gap: (gameId) => mesh.gap(gameId),
    ended: (watch) => {
      for (const userId of watch.players) {
        const player = players.get(userId)
        if (player?.playing === watch.gameId) player.playing = null
      }
    },
  })
  const shards = createShards({
    clock,
    random,
    log,
    metrics,
    ledger,
    owner: node,
    deliver: outbox.collect,
    unstuck: (gate, stuckMs) => owner.credit(gate, stuckMs),
    memory: (gate) => ({ rooms: owner.of(gate), archive: forgetting.archive(gate) }),
    lost: (gate, why) => {
      if (why !== 'handed') owner.drop(gate)
      forgetting.drop(gate)
      mesh.lost(gate.shard)
    },
  })
  const forgetting = createForgetting(clock, ledger)
  const owner = createOwner({
    clock,
    random,
    metrics,
    ended: (room) => {
      forgetting.add(room)
      lobby.gameEnded(room).catch((error: unknown) => log.warn('game_end_failed', { gameId: room.gameId, error }))
    },
    askAgain: (from, asked, reply) =>
      from === fanout.subscriber ? mesh.ask(asked, reply) : reply({ type: 'not_owner' }),
    revive: createRevival(clock, ledger, shards.gate, (gameId) => (fanout.watchOf(gameId) ? [fanout.subscriber] : [])),
  })

  const membership = createMembership({
    clock,
    log,
    node,
    registry: options.registry,
    self: () => ({ node, region, players: players.count(), rooms: owner.rooms.size, draining: state === 'draining' }),
    mine: shards.routes,
    learned: (routes) => mesh.known(routes),
    gone: (gone) => mesh.nodeGone(gone),
  })
  const mesh = createMesh({
    clock,
    log,
    node,
    bus: options.bus,
    registry: options.registry,
    owner,
    shards,
    fanout,
    players,
    peers: membership.peers,
    place: (match) => (state === 'ok' ? lobby.place(match) : Promise.resolve({ type: 'unknown' })),
    handed: (shard, fence) => {
      if (state !== 'ok') return
      shards
        .take(shard, { type: 'transfer', fence })
        .then((answer) =>
          answer.type === 'taken'
            ? adoption.takeIn(shard)
            : log.warn('hand_over_refused', { shard, answer: answer.type }),
        )
        .catch((error: unknown) => log.warn('hand_over_failed', { shard, error }))
    },
  })
  const adoption = createAdoption({
    clock,
    log,
    ledger,
    shards,
    owner,
    fanout,
    forgetting,
    released: (room) => lobby.gameEnded(room),
    announce: async (routes) => {
      mesh.announceRoutes(routes)
      await options.registry.publish(routes)
    },
  })
  const takeover = createTakeover({
    clock,
    random,
    log,
    node,
    shards,
    isAlive: membership.isAlive,
    routes: membership.routes,
    draining: () => state !== 'ok',
    withdraw: options.registry.withdraw,
    adopt: adoption.takeIn,
  })
  const handOver = createHandover({
    clock,
    log,
    node,
    peers: membership.records,
    hand: mesh.hand,
    routeOf: mesh.routes.get,
    release: ledger.release,
    hold: owner.hold,
    letGo: owner.letGo,
  })
  const ask = mesh.ask

  const reservations = { users, tickets, ledger, region, nowMs }
  const creation = createCreation({
    ...reservations,
    freshId: shards.freshId,
    openRoom: roomOpener({
      node,
      shards,
      owner,
      players,
      fanout,
      announce: (snapshot) => mesh.announceOpening(snapshot),
    }),
  })
  const lobby = createLobby({ ...reservations, random, invites, creation, turnMs, node })

  const closedFor = (): Refusal | null =>
    state === 'ok' ? null : refusal('UNAVAILABLE', 'this server takes no new games', { retryAfterMs: 1_000 })
  const rooms = createRoomRequests({ metrics, outbox, players, fanout, lobby, ask })
  const lobbyRequests = createLobbyRequests({
    clock,
    log,
    lobby,
    players,
    outbox,
    rooms,
    online: () => Math.max(players.count(), membership.online()),
    closedFor,
  })
  const games = createGames(lobby, ask, closedFor)
  const admission = createAdmission({
    clock,
    verify: options.verify,
    allowedOrigins: options.allowedOrigins,
    maxSocketsPerAddress: options.maxSocketsPerAddress,
    closedFor: () => (state === 'ok' ? null : { retryAfterMs: 1_000 }),
    clientAddress: options.clientAddress,
    gameExists: async (gameId) => (await games.game(gameId)).ok,
  })
  const handlers: SocketHandlers<Pass, Connection> = createGateway({
    clock,
    log,
    metrics,
    framesPerSecond: options.framesPerSecond,
    verify: options.verify,
    admit: admission.admit,
    leaveAddress: admission.leave,
    players,
    outbox,
    fanout,
    lobby,
    rooms,
    lobbyRequests,
    greeting: () => ({ server: options.nodeId, level: metrics.serviceLevel, durability: options.durability }),
    presence: (gameId, player, connected) => mesh.presence(gameId, player.userId, connected),
  })

  return {
    node,
    metrics,
    games,
    handlers,
    /** For whoever looks inside: the simulator. */
    parts: { shards, owner, mesh, fanout },
    place: lobby.place,
    /** A ticket ended without a match. */
    ticketExpired: lobby.leaveQueue,
    health: () => ({
      status: state,
      level: metrics.serviceLevel,
      durability: options.durability,
      server: options.nodeId,
      uptimeMs: Math.round(clock.monotonic() - startedMs),
      draining: state === 'draining',
    }),
    /** Opens shards and starts all clocks; sockets may come as soon as this resolves. */
    async start(): Promise<void> {
      await shards.start()
      mesh.announceRoutes(shards.routes())
      await mesh.start()
      await membership.start()
      takeover.start()
      owner.deadlines.start()
      owner.ended.start()
      forgetting.start()
      timers.push(
        startHeartbeat(clock, players, outbox),
        every(clock, WATCHERS_INTERVAL_MS, fanout.tellWatchers),
        every(clock, WATCHERS_INTERVAL_MS, lobbyRequests.tellQueues),
        every(clock, WATCHERS_INTERVAL_MS, () => {
          metrics.rooms = owner.rooms.size
          metrics.gateWaiting = shards.waiting()
        }),
      )
      state = 'ok'
    },
    /** No new players or games; everyone is told to come back elsewhere; what waits for a commit still leaves. */
    async drain(reason: GoodbyeReason): Promise<void> {
      state = 'draining'
      await handOver(shards.all())
      await sayGoodbye(clock, random, players, outbox, reason)
      owner.deadlines.stop()
      owner.ended.stop()
      forgetting.stop()
      for (const cancel of timers) cancel()
      takeover.stop()
      mesh.stop()
      await membership.stop()
      await shards.stop()
    },
  }
}
export type Server = ReturnType<typeof createServer>
