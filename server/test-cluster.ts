import type { Log } from '../kit/log.ts'
import { seededRandom } from '../kit/random.ts'
import { err, ok } from '../kit/result.ts'
import { virtualClock } from '../kit/virtual-clock.ts'
import type { VerifyToken } from '../ports/auth/identity.ts'
import type { Bus, NodeName } from '../ports/bus.ts'
import { type MemoryExchange, memoryBus } from '../ports/memory/bus.ts'
import { losableStores, NOTHING } from '../ports/memory/losable.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import { type BusMessage, decodeBus } from './bus/wire.ts'
import type { ServerOptions } from './options.ts'
import { createServer, type Server } from './server.ts'
import { memoryLedger } from './shard/memory-ledger.ts'
import { memoryStore, wipeStore } from './shard/memory-store.ts'
import type { UpgradeRequest } from './socket/hub.ts'
import { type TestLink, type TestProcess, testLink, testProcess } from './test-process.ts'
import { connectTo, type TestSocket } from './test-socket.ts'
import { ungated } from './ungated.ts'

export const REGION = 'test'
export const TURN_MS = 30_000

/** Tokens are user ids; `ID:MS` ends at that instant, `bad` is none, and for `broken` no keys can be had. */
export const verifyUserId: VerifyToken = async (jwt) => {
  if (jwt === 'bad') return err('invalid')
  if (jwt === 'broken') throw new Error('no keys')
  const [userId = '', untilMs] = jwt.split(':')
  const expiresAtMs = untilMs === undefined ? Number.MAX_SAFE_INTEGER : Number(untilMs)
  return ok({ userId: userId as UserId, name: userId, sessionId: jwt, region: REGION, expiresAtMs })
}

/** A bus message as it went by. */
export interface Passing {
  readonly to: NodeName
  readonly message: BusMessage
}

/** For tests: one server of a cluster, in a process of its own on a link of its own. */
export interface TestNode {
  readonly server: Server
  readonly process: TestProcess
  /** To the ledger, players, queue, invites and registry. */
  readonly link: TestLink
  /** What it logged: name of event, oldest first. */
  readonly logged: readonly string[]
  connect(userId: string, overrides?: Partial<UpgradeRequest>): Promise<TestSocket>
  /** kill -9: nothing of it runs any more. Its sockets break. */
  kill(): void
}

export interface TestClusterOptions {
  readonly servers?: number
  readonly seed?: number
  /** Of every server. */
  readonly server?: Partial<ServerOptions>
}

/** For tests: several servers in one process on one store in memory and one virtual clock. Nothing runs but what `clock` is told to. */
export async function startCluster({ servers = 1, seed = 1, server = {} }: TestClusterOptions = {}) {
  const clock = virtualClock()
  const random = seededRandom(seed)
  const store = memoryStore()
  const others = losableStores(clock)
  const { users, tickets, invites, registry } = others
  const stores = { ledger: memoryLedger(clock, { store }), users, tickets, invites, registry }
  const exchange: MemoryExchange = new Map()
  const passed: Passing[] = []
  /** What the bus loses. */
  const losing: { when: (passing: Passing) => boolean } = { when: () => false }
  const nodes: TestNode[] = []

  function busOf(process: TestProcess): Bus {
    const bus = memoryBus(process.clock, exchange)
    return {
      ...bus,
      send(to, text) {
        const decoded = decodeBus(text)
        if (!decoded.ok) return bus.send(to, text)
        const passing = { to, message: decoded.value }
        passed.push(passing)
        if (!losing.when(passing)) bus.send(to, text)
      },
      subscribe: (node, deliver) => bus.subscribe(node, (text) => process.enter(() => deliver(text))),
    }
  }

  /** One more server; resolves when it takes players. */
  async function add(overrides: Partial<ServerOptions> = {}): Promise<TestNode> {
    const process = testProcess(clock)
    const link = testLink()
    const logged: string[] = []
    const sockets: TestSocket[] = []
    const created = createServer({
      ...ungated,
      clock: process.clock,
      random: seededRandom(random.uint32()),
      log: logInto(logged),
      nodeId: `n${nodes.length + 1}`,
      region: REGION,
      turnMs: TURN_MS,
      verify: verifyUserId,
      bus: busOf(process),
      ledger: link.through(stores.ledger),
      users: link.through(stores.users),
      tickets: link.through(stores.tickets),
      invites: link.through(stores.invites),
      registry: link.through(stores.registry),
      life: link.through({ current: async () => store.runId }),
      ...server,
      ...overrides,
    })
    const started = created.start()
    await clock.settle()
    await started
    const node: TestNode = {
      server: created,
      process,
      link,
      logged,
      async connect(userId, upgrade) {
        const socket = await connectTo({ clock, process, server: created }, userId, upgrade)
        sockets.push(socket)
        return socket
      },
      kill() {
        process.kill()
        for (const socket of sockets) socket.broke()
      },
    }
    nodes.push(node)
    return node
  }

  for (let n = 0; n < servers; n++) await add()
  await clock.advance(servers > 1 ? 300 : 0) // each has heard of the others
  const node = (at: number): TestNode => nodes[at]!
  /** The store restarts without its data. */
  const restartEmpty = (): void => {
    wipeStore(store, `${store.runId}+`)
    others.goBackTo(NOTHING)
  }
  return { clock, random, store, others, restartEmpty, ...stores, exchange, passed, losing, nodes, add, node }
}
export type TestCluster = Awaited<ReturnType<typeof startCluster>>

/** A game between two sockets; the room is on the guest's server. */
export interface TestGame {
  readonly gameId: GameId
  /** By seat. */
  readonly sockets: readonly [TestSocket, TestSocket]
}

/** The host invites, the guest accepts. */
export async function playTogether(host: TestSocket, guest: TestSocket): Promise<TestGame> {
  const code = (await host.ask({ type: 'invite' }))!
  if (code.type !== 'ok') throw new Error(`no invite: ${code.message}`)
  const accepted = (await guest.ask({ type: 'accept', code: code.value! }))!
  if (accepted.type !== 'ok') throw new Error(`no game: ${accepted.message}`)
  const gameId = accepted.value! as GameId
  const mine = guest.of('state').find((state) => state.gameId === gameId)!
  return { gameId, sockets: mine.game.you === 0 ? [guest, host] : [host, guest] }
}

/** Plays the moves from `ply` on, each by whose turn it is. @throws at the first that is refused. */
export async function playMoves({ gameId, sockets }: TestGame, cells: readonly number[], ply = 0): Promise<void> {
  for (const [at, cell] of cells.entries()) {
    const now = ply + at
    const answer = await sockets[now % 2 === 0 ? 0 : 1].ask({ type: 'move', gameId, ply: now, cell })
    if (answer?.type !== 'ok') throw new Error(`move ${now}: ${JSON.stringify(answer)}`)
  }
}

/** The game's versions as a socket was shown them. */
export const versionsOf = (socket: TestSocket, gameId: GameId): string[] =>
  socket.heard.flatMap((m) =>
    (m.type === 'state' || m.type === 'moved' || m.type === 'ended' || m.type === 'undone') && m.gameId === gameId
      ? [`${m.type} ${m.version}`]
      : [],
  )

function logInto(logged: string[]): Log {
  const note = (event: string): void => void logged.push(event)
  return { debug: note, info: note, warn: note, error: note }
}
