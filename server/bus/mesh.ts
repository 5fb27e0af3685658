import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Bus, NodeName } from '../../ports/bus.ts'
import type { NodeRegistry, Route } from '../../ports/node-registry.ts'
import { encodeMessage, type PlacedMessage, type PlaceMessage, type Placement } from '../../ports/placement.ts'
import type { Match } from '../../ports/ticket-queue.ts'
import { type GameId, shardOf, type UserId } from '../../protocol/ids.ts'
import type { Fanout } from '../gateway/fanout.ts'
import { showOpening } from '../gateway/gateway.ts'
import type { Players } from '../gateway/players.ts'
import { unavailable } from '../room/events.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { Owner } from '../room/owner.ts'
import type { Reply, RoomAnswer, RoomRequest } from '../room/requests.ts'
import type { Fence, ShardId } from '../shard/ledger.ts'
import type { Shards } from '../shard/shards.ts'
import { createRefresh, NOBODY } from './refresh.ts'
import { createRemoteGateways } from './remote-gateways.ts'
import { createRemoteOwners, NOT_FOUND } from './remote-owners.ts'
import { createRoutes } from './routes.ts'
import { type BusMessage, decodeBus, encodeBus, type RemoteAnswer, type WatchedGame } from './wire.ts'

/** Games of other servers are asked for anew this often, in ms: what the bus lost is found at the latest then. */
const REFRESH_MS = 5_000

export interface MeshOptions {
  readonly clock: Clock
  readonly log: Log
  readonly node: NodeName
  readonly bus: Bus
  readonly registry: NodeRegistry
  readonly owner: Owner
  readonly shards: Shards
  readonly fanout: Fanout
  readonly players: Players
  /** Names of the other servers that live. */
  readonly peers: () => readonly NodeName[]
  /** Another server gives us a shard. */
  readonly handed: (shard: ShardId, fence: Fence) => void
  /** The matchmaker asks for a room. */
  readonly place: (match: Match) => Promise<Placement>
}

/** Games between servers: requests go to a game's owner wherever it is, events come to whoever watches. */
export function createMesh(options: MeshOptions) {
  const { clock, log, node, bus, registry, owner, shards, fanout, players } = options
  const timers: CancelTimer[] = []
  const lookUps = new Map<number, Promise<Route | null>>()

  const send = (to: NodeName, message: BusMessage): void => bus.send(to, encodeBus(message))
  const gateways = createRemoteGateways(clock, send)
  const routes = createRoutes(({ shard }) => {
    remote.moved(shard)
    for (const gameId of fanout.gameIds()) if (shardOf(gameId) === shard && !isHere(gameId)) watchAgain(gameId)
  })
  const remote = createRemoteOwners({ clock, node, routes, send, lookUp, askHere })

  const isHere = (gameId: string): boolean => {
    const shard = shardOf(gameId)
    return shard !== null && shards.gate(shard as ShardId) !== undefined
  }

  /** Asks a game's owner, here or elsewhere. Always answers. */
  function ask(request: RoomRequest, reply: Reply): void {
    if (owner.request(fanout.subscriber, request, reply)) return
    if (isHere(request.gameId)) return askHere(request, reply)
    const shard = shardOf(request.gameId)
    if (shard === null) return reply(NOT_FOUND)
    if (routes.get(shard) !== null) return remote.ask(request, reply)
    lookUp(shard).then(
      (route) => (route === null ? reply(NOT_FOUND) : remote.ask(request, reply)),
      () => reply(unavailable()),
    )
  }

  function askHere(request: RoomRequest, reply: Reply): void {
    if (owner.request(fanout.subscriber, request, reply)) return
    if (isHere(request.gameId)) answerStored(request, fanout.subscriber, reply)
    else reply(unavailable())
  }

  function answerStored(request: RoomRequest, from: Parameters<Owner['request']>[0], reply: Reply): void {
    owner.requestStored(from, request, reply).catch((error: unknown) => {
      log.warn('stored_game_failed', { error })
      reply(unavailable())
    })
  }

  function lookUp(shard: number): Promise<Route | null> {
    const running = lookUps.get(shard)
    if (running) return running
    const started = registry
      .route(shard)
      .then((route) => {
        if (route !== null) routes.learn(route)
        return route
      })
      .finally(() => lookUps.delete(shard))
    lookUps.set(shard, started)
    started.catch((error: unknown) => log.warn('route_look_up_failed', { shard, error }))
    return started
  }

  /** Another gateway asks a room of ours. */
  function asked(from: NodeName, id: number, request: RoomRequest): void {
    const reply: Reply = (answer) => send(from, { type: 'answer', id, answer: travelling(answer, request.gameId) })
    const gateway = gateways.of(from)
    if (owner.request(gateway, request, reply)) return
    if (isHere(request.gameId)) return answerStored(request, gateway, reply)
    reply({ type: 'not_owner' })
  }

  function travelling(answer: RoomAnswer, gameId: string): RemoteAnswer {
    if (answer.type !== 'not_owner') return answer
    const route = routes.get(shardOf(gameId) ?? -1)
    return { type: 'moved_to', route: route?.node === node ? null : route }
  }

  /** Tells a remote game's owner which of its players have a socket here. */
  function tellPresence(gameId: GameId): void {
    const route = routes.get(shardOf(gameId) ?? -1)
    if (route === null || route.node === node) return
    for (const userId of presentIn(gameId))
      send(route.node, { type: 'presence', from: node, gameId, userId, connected: true })
  }

  const presentIn = (gameId: GameId): UserId[] =>
    (fanout.watchOf(gameId)?.players ?? []).filter((userId) => players.get(userId) !== undefined)

  const refresh = createRefresh({
    clock,
    node,
    routes,
    fanout,
    owner,
    send,
    ask,
    isHere,
    lookUp,
    presentIn,
    tellPresence,
  })
  const { watchAgain } = refresh

  /** A gateway says what it shows of our rooms; whoever is behind, or ahead of a store that lost something, is told. */
  function refreshed(from: NodeName, games: readonly WatchedGame[]): void {
    const gateway = gateways.of(from)
    const moved = new Set<Route>()
    for (const { gameId, version, present } of games) {
      const route = routes.get(shardOf(gameId) ?? -1)
      if (!isHere(gameId)) {
        if (route !== null && route.node !== node) moved.add(route)
        continue
      }
      for (const userId of present) owner.presence(from, gameId, userId, true)
      owner.request(gateway, { type: 'watch', gameId, userId: NOBODY }, (answer) => {
        if (answer.type === 'snapshot' && answer.snapshot.room.version !== version) gateway.state(answer.snapshot)
      })
    }
    if (moved.size > 0) send(from, { type: 'routes', routes: [...moved] })
  }

  function opened(from: NodeName, snapshot: Snapshot): void {
    const mine = snapshot.room.players.filter(({ id }) => players.get(id) !== undefined)
    if (mine.length === 0) return
    showOpening(players, fanout, snapshot)
    ask({ type: 'watch', gameId: snapshot.gameId, userId: NOBODY }, (answer) => {
      if (answer.type === 'snapshot') fanout.catchUp(answer.snapshot)
    })
    for (const { id } of mine)
      send(from, { type: 'presence', from: node, gameId: snapshot.gameId, userId: id, connected: true })
  }

  async function place({ from, id, match }: PlaceMessage): Promise<void> {
    const placement = await options.place(match).catch((): Placement => ({ type: 'unknown' }))
    const placed: PlacedMessage = { type: 'placed', id, placement }
    bus.send(from, encodeMessage(placed))
  }

  /** The node is dead: none of our rooms tells it anything, and its players are absent. */
  function nodeGone(gone: NodeName): void {
    const gateway = gateways.forget(gone)
    owner.forgetNode(gone, gateway)
  }

  function deliver(text: string): void {
    const decoded = decodeBus(text)
    if (!decoded.ok) return log.warn('bus_message_refused', { why: decoded.error })
    const message = decoded.value
    switch (message.type) {
      case 'ask':
        return asked(message.from, message.id, message.request)
      case 'answer':
        return remote.answered(message.id, message.answer)
      case 'event':
        return fanout.subscriber.event(message.event)
      case 'state':
        return fanout.catchUp(message.snapshot)
      case 'opened':
        routes.learn(message.route)
        return opened(message.from, message.snapshot)
      case 'presence':
        gateways.of(message.from)
        return owner.presence(message.from, message.gameId, message.userId, message.connected)
      case 'leave':
        return owner.unsubscribe(gateways.of(message.from), message.gameId)
      case 'hand':
        return options.handed(message.shard, message.fence)
      case 'place':
        return void place(message)
      case 'rated':
        for (const [gameId, ratings] of message.games) fanout.rated(gameId, ratings)
        return
      case 'refresh':
        return refreshed(message.from, message.games)
      case 'routes':
        for (const route of message.routes) routes.learn(route)
    }
  }

  return {
    ask,
    routes,
    /** Opens, on every other server, what its players' sockets shall see. */
    announceOpening(snapshot: Snapshot): void {
      const route = routes.get(shardOf(snapshot.gameId)!)
      if (route === null) return
      for (const peer of options.peers()) send(peer, { type: 'opened', from: node, route, snapshot })
    },
    /** What the registry holds. */
    known(registered: readonly Route[]): void {
      const living = new Set([node, ...options.peers()])
      routes.reconcile(registered, living, clock.monotonic())
      for (const gone of gateways.silent(living)) nodeGone(gone)
    },
    /** Our shards' routes are news to everyone. */
    announceRoutes(mine: readonly Route[]): void {
      for (const route of mine) routes.learn(route)
      for (const peer of options.peers()) send(peer, { type: 'routes', routes: mine })
    },
    /** A local player's first socket opened, or the last one closed. */
    presence(gameId: GameId, userId: UserId, connected: boolean): void {
      if (isHere(gameId)) return owner.presence(node, gameId, userId, connected)
      const route = routes.get(shardOf(gameId) ?? -1)
      if (route !== null) send(route.node, { type: 'presence', from: node, gameId, userId, connected })
    },
    /** The last local watcher left. */
    left(gameId: GameId): void {
      if (isHere(gameId)) return owner.unsubscribe(fanout.subscriber, gameId)
      const route = routes.get(shardOf(gameId) ?? -1)
      if (route !== null) send(route.node, { type: 'leave', from: node, gameId })
    },
    /** An event is missing: see the game anew. */
    gap: watchAgain,
    /** The shard is not ours any more: its local sockets become remote watchers as soon as the new owner is known. */
    lost(shard: number): void {
      routes.forget(shard)
      lookUp(shard).catch(() => {})
    },
    nodeGone,
    /** Gives a shard to another server. */
    hand: (to: NodeName, shard: ShardId, fence: Fence): void => send(to, { type: 'hand', from: node, shard, fence }),
    pending: remote.pending,
    async start(): Promise<void> {
      await bus.subscribe(node, deliver)
      remote.start()
      timers.push(every(clock, REFRESH_MS, refresh.look))
    },
    stop(): void {
      remote.stop()
      for (const cancel of timers) cancel()
    },
  }
}
export type Mesh = ReturnType<typeof createMesh>
