import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { startStore, type TestStore } from './test-store.ts'

/** A real Valkey or Redis; `kill` ends it by SIGKILL unless told otherwise. */
export type TestRedis = TestStore

export interface TestCluster {
  readonly url: string
  readonly nodes: readonly TestRedis[]
  stop(): Promise<void>
}

const READY = 'Ready to accept connections'
/** Nothing on disk, and a replica is served without waiting for others. */
const QUICK = ['--save', '', '--repl-diskless-sync-delay', '0']
const CLUSTER_SLOTS = 16_384
const CLUSTER_TIMEOUT_MS = 10_000

/** Starts one server; `settings` are more of its command line, as `['--appendonly', 'yes']`. Without them it keeps nothing on disk. */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const binary = serverBinary()
  const folder = mkdtempSync(join(tmpdir(), 'oxo-redis-'))
  return startStore({
    folder,
    endsBy: 'SIGKILL',
    spawn: (port) => {
      const address = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
      return spawn(binary, [...address, ...QUICK, ...settings], { stdio: ['ignore', 'pipe', 'ignore'] })
    },
    says: (server) => server.stdout!,
    ready: READY,
    urlOf: (port) => `redis://127.0.0.1:${port}`,
  })
}

/** Starts a cluster of so many primaries, each with so many replicas; `nodes` has the primaries first. */
export async function startRedisCluster(primaries = 3, replicas = 0): Promise<TestCluster> {
  const count = primaries * (1 + replicas)
  const members = await Promise.all(
    Array.from({ length: count }, async () => {
      const busPort = await freePort()
      const timeoutMs = replicas === 0 ? 2_000 : 500
      const settings = ['--cluster-enabled', 'yes', '--cluster-port', busPort, '--cluster-node-timeout', timeoutMs]
      return { busPort, node: await startRedis(settings.map(String)) }
    }),
  )
  const stop = async () => {
    await Promise.all(members.map(({ node }) => node.stop()))
  }
  const clients = members.map(({ node }) => new Redis(node.url))
  const all = async (condition: (client: Redis) => Promise<boolean>) => {
    const untilMs = performance.now() + CLUSTER_TIMEOUT_MS
    while (!(await Promise.all(clients.map(condition))).every(Boolean)) {
      if (performance.now() > untilMs) throw new Error('the nodes of the test cluster did not find each other')
      await pause(20)
    }
  }
  try {
    for (const [i, client] of clients.slice(0, primaries).entries()) {
      const slot = (n: number) => Math.floor((n * CLUSTER_SLOTS) / primaries)
      await client.cluster('ADDSLOTSRANGE', slot(i), slot(i + 1) - 1)
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
    }
    for (const { node, busPort } of members) await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPort)
    await all(async (client) => {
      const info = await client.cluster('INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}\r`)
    })
    for (const [i, client] of clients.slice(primaries).entries())
      await client.call('CLUSTER', 'REPLICATE', String(await clients[i % primaries]!.call('CLUSTER', 'MYID')))
    if (replicas > 0) await all(async (client) => /role:master|link_status:up/.test(await client.info('replication')))
  } catch (error) {
    await stop()
    throw error
  } finally {
    for (const client of clients) client.disconnect()
  }
  return { url: members[0]!.node.url, nodes: members.map(({ node }) => node), stop }
}

function serverBinary(): string {
  for (const name of ['valkey-server', 'redis-server']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name
    } catch {}
  }
  throw new Error('neither valkey-server nor redis-server is installed: apt-get install redis-server')
}
