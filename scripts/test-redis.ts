import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'

/** A real Valkey or Redis on a free loopback port, in a folder of its own. Ends with `stop`, at the latest with this process. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Starts anew on the same port and folder after `kill`. */
  start(): Promise<void>
  /** Ends the server at once (default SIGKILL); resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>
}

export interface TestCluster {
  readonly url: string
  readonly nodes: readonly TestRedis[]
  stop(): Promise<void>
}

const READY = 'Ready to accept connections'
/** Nothing on disk, and a replica is served without waiting for others. */
const QUICK = ['--save', '', '--repl-diskless-sync-delay', '0']
const START_TRIES = 3
const CLUSTER_SLOTS = 16_384
const CLUSTER_TIMEOUT_MS = 10_000

/** Starts one server; `settings` are more of its command line, as `['--appendonly', 'yes']`. Without them it keeps nothing on disk. */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const binary = serverBinary()
  const dir = mkdtempSync(join(tmpdir(), 'oxo-redis-'))
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const address = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir]
    const launch = () => launchServer(binary, [...address, ...QUICK, ...settings])
    try {
      return testRedis(port, dir, launch, await launch())
    } catch (error) {
      if (tries === START_TRIES) throw error // the port was free a moment ago: somebody was faster
    }
  }
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

function testRedis(port: number, dir: string, launch: () => Promise<ChildProcess>, first: ChildProcess): TestRedis {
  let server = first
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await gone
  }
  const atExit = () => server.kill('SIGKILL')
  process.once('exit', atExit)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid!
    },
    async start() {
      server = await launch()
    },
    kill,
    async stop() {
      process.off('exit', atExit)
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function launchServer(binary: string, settings: readonly string[]): Promise<ChildProcess> {
  const server = spawn(binary, settings, { stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    let output = ''
    server.stdout.setEncoding('utf8')
    server.stdout.on('data', (text: string) => {
      if (output.length > 10_000) return
      output += text
      if (output.includes(READY)) resolve(server)
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`${binary} ended with ${code}: ${output.slice(-500)}`)))
  })
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
