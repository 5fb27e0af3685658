import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { startCluster } from '../scripts/local-cluster.ts'
import type { Door } from './crowd.ts'
import { type Event, fileHistory } from './history.ts'
import { type Address, type FaultProxy, startProxy } from './proxy.ts'
import { tapResults } from './results.ts'

export interface PlatformOptions {
  readonly clock: Clock
  readonly random: Random
  readonly servers: number
  /** Where the store is now. */
  readonly target: () => Address
  /** On a cluster nobody goes through a proxy: its nodes name their own addresses. */
  readonly proxied: boolean
  /** Players, too, come through a proxy. */
  readonly fronted?: boolean | undefined
  /** Of the servers to begin with, when it is another release's. */
  readonly entry?: string | undefined
  /** Where results are written. Absent: this run reads the results itself, in the place of `persistence`. */
  readonly databases?: { readonly databaseUrl: string; readonly dynamodbEndpoint: string } | undefined
  /** Shown every event as it is written. */
  readonly also: (event: Event) => void
}

export interface ChaosServer extends Door {
  readonly pid: number
  /** Between this server and the store. */
  readonly proxy: FaultProxy
  /** Between this server and the players, if they come through one. */
  readonly front: FaultProxy | null
}

/** Limits that a crowd from one address needs. */
const ROOMY = {
  MAX_SOCKETS_PER_ADDRESS: '20000',
  RATE_LIMIT_FRAMES: '200',
  RATE_LIMIT_ANONYMOUS: '1000000',
  RATE_LIMIT_SIGNED_IN: '1000000',
  VALKEY_CACHE_URL: '',
}

/** All processes of the platform, each server behind a fault proxy of its own, and the history of what happens to them. */
export async function startPlatform(options: PlatformOptions) {
  const { clock, random, target, proxied } = options
  const dir = mkdtempSync(join(tmpdir(), 'oxo-chaos-'))
  const logFile = openSync(join(dir, 'processes.log'), 'w')
  const historyPath = join(dir, 'history.jsonl')
  const history = fileHistory(historyPath, options.also)
  const t = () => Math.round(clock.monotonic() * 10) / 10
  const servers = new Map<string, ChaosServer>()
  const proxies = new Set<FaultProxy>()
  let made = 0

  const newProxy = async (): Promise<FaultProxy> => {
    const proxy = await startProxy(clock, random, target)
    proxies.add(proxy)
    return proxy
  }
  const urlOf = (proxy: FaultProxy) => `redis://127.0.0.1:${proxied ? proxy.port : target().port}`
  const common = await newProxy()
  const cluster = await startCluster({
    servers: 0,
    valkeyUrl: urlOf(common),
    ...options.databases,
    env: ROOMY,
    line: (name, line) => writeSync(logFile, `${t()} ${name} ${line}\n`),
    died: (name, how) => {
      servers.delete(name)
      history.add({ t: t(), e: 'died', name, how: String(how) })
    },
  })
  await cluster.end('persistence-1') // the run starts its own, or reads the results itself
  const apiUrl = cluster.view().api[0]!.url
  const observer = await connectValkey(urlOf(common), { name: 'chaos' })
  const registry = valkeyNodeRegistry(observer)
  const tap = options.databases === undefined ? tapResults(observer, clock, history) : null

  /** One more server; `entry`: of another release, from the root of the project. */
  async function addServer(entry?: string): Promise<ChaosServer> {
    const nodeId = `server-${++made}`
    const proxy = await newProxy()
    const env = { API_URL: apiUrl, VALKEY_URL: urlOf(proxy) }
    const { pid, ready } = await cluster.start('server', nodeId, env, entry)
    const own = Number(ready.port)
    const front = options.fronted ? await startProxy(clock, random, () => ({ host: '127.0.0.1', port: own })) : null
    const server = { nodeId, pid, port: front?.port ?? own, proxy, front }
    servers.set(nodeId, server)
    return server
  }

  await Promise.all(Array.from({ length: options.servers }, () => addServer(options.entry)))

  const fronts = () => [...servers.values()].flatMap(({ front }) => front ?? [])

  return {
    apiUrl,
    history,
    historyPath,
    dir,
    common,
    t,
    observer,
    newProxy,
    addServer,
    servers: () => [...servers.values()],
    /** Shards that the server holds by its own word. */
    async shardsOf({ nodeId }: ChaosServer): Promise<number[]> {
      const routes = await registry.routes()
      return routes.filter(({ node }) => node.startsWith(`${nodeId}.`)).map(({ shard }) => shard)
    },
    /** Resolves when the process has ended; players do not come to it any more. */
    async endServer(server: ChaosServer, signal: NodeJS.Signals): Promise<void> {
      servers.delete(server.nodeId)
      await cluster.end(server.nodeId, signal)
      proxies.delete(server.proxy)
      await Promise.all([server.proxy.stop(), server.front?.stop()])
    },
    shards: async () => (await registry.routes()).map(({ shard }) => shard),
    /** A persistence process whose Valkey is behind `proxy`. */
    startWriter: (name: string, proxy: FaultProxy, env: Readonly<Record<string, string>>) =>
      cluster.start('persistence', name, { VALKEY_URL: urlOf(proxy), ...env }),
    endWriter: (name: string, signal: NodeJS.Signals = 'SIGKILL') => cluster.end(name, signal),
    endMatchmaker: (name: string, signal: NodeJS.Signals) => cluster.end(name, signal),
    /** `proxy`: between it and the store. */
    startMatchmaker: (name: string, proxy: FaultProxy = common) =>
      cluster.start('matchmaker', name, { VALKEY_URL: urlOf(proxy) }),
    matchmakerPid: () => cluster.view().matchmaker[0]?.pid,
    /** Everyone connects anew to where the store is now. */
    resetStore(): void {
      for (const proxy of proxies) proxy.reset()
    },
    fault: (kind: string, about: { node?: string; shards?: readonly number[] } = {}) =>
      history.add({ t: t(), e: 'fault', kind, ...about }),
    healed: (kind: string, about: { node?: string } = {}) => history.add({ t: t(), e: 'healed', kind, ...about }),
    async stop(): Promise<void> {
      await tap?.stop()
      closeValkey(observer)
      // Nobody is left to take what an orderly end would hand over.
      await Promise.all([...servers.keys()].map((name) => cluster.end(name, 'SIGKILL')))
      await cluster.stop()
      await Promise.all([...proxies, ...fronts()].map((proxy) => proxy.stop()))
      history.close()
    },
    /** Deletes the history and the processes' lines. */
    forget: () => rmSync(dir, { recursive: true, force: true }),
  }
}
export type Platform = Awaited<ReturnType<typeof startPlatform>>
