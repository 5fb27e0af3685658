import { type CancelTimer, every } from '../kit/clock.ts'
import { oneLife } from '../ports/store-life.ts'
import { WATCHERS_INTERVAL_MS } from '../protocol/limits.ts'
import type { GoodbyeReason } from '../protocol/messages.ts'
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
import { createReassertion } from './lobby/reassertion.ts'
import { roomOpener } from './lobby/room-opener.ts'
import { createMembership } from './membership.ts'
import { createMetrics } from './metrics.ts'
import type { ServerOptions } from './options.ts'
import { createAdoption } from './room/adoption.ts'
import { createForgetting } from './room/forgetting.ts'
import { createOwner } from './room/owner.ts'
import { createStalls } from './room/stalls.ts'
import { createRevival } from './room/storage.ts'
import { createService } from './service.ts'
import { createHandover } from './shard/handover.ts'
import type { ShardId } from './shard/ledger.ts'
import { createReplenishment } from './shard/replenishment.ts'
import { createRetirement } from './shard/retirement.ts'
import { createShards } from './shard/shards.ts'
import { createTakeover } from './shard/takeover.ts'
import type { SocketHandlers } from './socket/hub.ts'
import { createStoreWatch } from './store-watch.ts'

/** One server: gateway of its sockets, owner of its shards. Wires the parts; decides nothing itself. */
export function createServer(options: ServerOptions) {
  const { clock, random, log, ledger, users, tickets, invites, region, turnMs } = options
  const node = `${options.nodeId}.${Buffer.from(random.bytes(6)).toString('hex')}`
  const metrics = createMetrics()
  const players = createPlayers()
  const outbox = createOutbox(clock, metrics)
  const timers: CancelTimer[] = []
  const nowMs = () => clock.now()
  const heardOf = (shard: ShardId) => mesh.routes.get(shard)?.epoch ?? 0
  const warn = (event: string) => (error: unknown) => log.warn(event, { error })

  const fanout = createFanout(node, outbox, {
    left: (gameId) => mesh.left(gameId),
    gap: (gameId) => mesh.gap(gameId),
    undone: (gameId, version) => log.error('game_undone', { gameId, version, count: ++metrics.undone }),
    ended: players.gameEnded,
  })
  const shards = createShards({
    clock,
    random,
    log,
    metrics,
    ledger,
    owner: node,
    claimsSurvive: options.durability === 'replicated' || options.durability === 'sync',
    heardOf,
    deliver: outbox.collect,
    unstuck: (gate, stuckMs) => owner.credit(gate, stuckMs),
    reclaimed: (rooms) => void reassertion.gamesRun(rooms).catch(warn('players_not_noted')),
    memory: (gate) => ({ rooms: owner.of(gate), archive: forgetting.archive(gate) }),
    lost: (gate, why) => {
      if (why !== 'handed') owner.drop(gate)
      forgetting.drop(gate)
      if (why !== 'removed') mesh.lost(gate.shard)
    },
  })
  const service = createService({
    ...options,
    metrics,
    players,
    outbox,
    gates: shards.all,
    silentMs: () => membership.silentMs(),
  })
  const stalls = createStalls({ clock, gates: shards.all, credit: (gate, stalledMs) => owner.credit(gate, stalledMs) })
  const forgetting = createForgetting(clock, ledger)
  const owner = createOwner({
    clock,
    random,
    metrics,
    ended: (room) => {
      forgetting.add(room)
      lobby.gameEnded(room).catch(warn('game_end_failed'))
    },
    creditStalls: stalls.check,
    askAgain: (from, asked, reply) =>
      from === fanout.subscriber ? mesh.ask(asked, reply) : reply({ type: 'not_owner' }),
    revive: createRevival(clock, ledger, shards.gate, (gameId) => (fanout.watchOf(gameId) ? [fanout.subscriber] : [])),
  })

  const membership = createMembership({
    clock,
    log,
    node,
    registry: options.registry,
    self: () => ({ node, region, players: players.count(), rooms: owner.rooms.size, draining: service.isDraining() }),
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
    place: (match) => (service.closedForGames() ? Promise.resolve({ type: 'unknown' }) : lobby.place(match)),
    handed: (shard, fence) => void takeover.receive(shard, fence),
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
    heardOf,
    draining: () => !service.isOpen(),
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
    confirm: (gate) => shards.confirm(gate),
    hold: owner.hold,
    letGo: owner.letGo,
  })
  const replenishment = createReplenishment({
    clock,
    random,
    log,
    node,
    shards,
    wanted: () => service.isOpen() && service.level() !== 'emergency',
    register: (route) => options.registry.publish([route]),
    opened: () => mesh.announceRoutes(shards.routes()),
  })
  const retirement = createRetirement({
    clock,
    log,
    ledger,
    shards,
    inUse: () => new Set([...forgetting.gates(), ...[...owner.rooms.values()].map(({ gate }) => gate)]),
    withdraw: options.registry.withdraw,
    forget: mesh.routes.forget,
  })
  const { ask } = mesh

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
  const reassertion = createReassertion({
    ...reservations,
    clock,
    log,
    life: options.life ?? oneLife,
    invites,
    node,
    players: players.all,
    rooms: () => owner.rooms.values(),
    registry: options.registry,
    routes: mesh.routes.all,
  })

  const storeWatch = createStoreWatch(options, service)
  const cares = [
    storeWatch,
    takeover,
    replenishment,
    retirement,
    stalls,
    owner.deadlines,
    owner.ended,
    forgetting,
    reassertion,
  ]
  const closedFor = service.closedForGames
  const rooms = createRoomRequests({ clock, metrics, outbox, players, fanout, lobby, ask, closedFor })
  const lobbyRequests = createLobbyRequests({
    clock,
    log,
    lobby,
    players,
    outbox,
    rooms,
    online: () => Math.max(players.count(), membership.online()),
    storeKnows: () => reassertion.look(),
    closedFor,
  })
  const games = createGames(lobby, ask, closedFor)
  const admission = createAdmission({
    ...options,
    closedFor: service.closedFor,
    gameExists: async (gameId) => service.level() === 'emergency' || (await games.game(gameId)).ok,
  })
  const handlers: SocketHandlers<Pass, Connection> = createGateway({
    ...options,
    metrics,
    admit: admission.admit,
    leaveAddress: admission.leave,
    players,
    outbox,
    fanout,
    lobby,
    rooms,
    lobbyRequests,
    greeting: service.greeting,
    presence: (gameId, player, connected) => mesh.presence(gameId, player.userId, connected),
  })

  return {
    node,
    metrics,
    games,
    handlers,
    /** For the simulator. */
    parts: { shards, owner, mesh, fanout },
    place: lobby.place,
    /** A ticket ended without a match. */
    ticketExpired: lobby.leaveQueue,
    service,
    health: service.health,
    /** Opens shards and starts all clocks; sockets may come as soon as this resolves. */
    async start(): Promise<void> {
      await shards.start()
      mesh.announceRoutes(shards.routes())
      await mesh.start()
      await membership.start()
      for (const care of cares) care.start()
      timers.push(
        startHeartbeat(clock, players, outbox, options.verify),
        every(clock, WATCHERS_INTERVAL_MS, fanout.tellWatchers),
        every(clock, WATCHERS_INTERVAL_MS, lobbyRequests.tellQueues),
        every(clock, WATCHERS_INTERVAL_MS, () => {
          metrics.rooms = owner.rooms.size
          metrics.gateWaiting = shards.waiting()
        }),
      )
      service.start()
    },
    /** No new players or games; everyone is told to come back elsewhere; what waits for a commit still leaves. */
    async drain(reason: GoodbyeReason): Promise<void> {
      service.drain()
      await handOver(shards.all())
      await sayGoodbye(clock, random, players, outbox, reason)
      for (const care of cares) care.stop()
      for (const cancel of timers) cancel()
      mesh.stop()
      await membership.stop()
      await shards.stop()
    },
  }
}
export type Server = ReturnType<typeof createServer>
