import { type Clock, delay } from '../kit/clock.ts'
import { pick, type Random } from '../kit/random.ts'
import { freePort } from '../scripts/free-port.ts'
import { startRedis, type TestRedis } from '../scripts/test-redis.ts'
import type { Address } from './proxy.ts'
import { command } from './resp.ts'
import { until } from './store.ts'

const PRIMARIES = 3
const SLOTS = 16_384
const NODE_TIMEOUT_MS = 2_000
const READY_WITHIN_MS = 30_000
const LOG_ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always']

/** A real cluster of three primaries and a replica of each. */
export async function startClusterStore(clock: Clock) {
  const nodes: TestRedis[] = []
  const down = new Set<TestRedis>()
  for (let n = 0; n < 2 * PRIMARIES; n++) {
    const busPort = await freePort()
    const settings = ['--cluster-enabled', 'yes', '--cluster-port', busPort, '--cluster-node-timeout', NODE_TIMEOUT_MS]
    const node = await startRedis([...settings.map(String), ...LOG_ALWAYS])
    nodes.push(node)
    await command(nodes[0]!.port, 'CLUSTER', 'MEET', '127.0.0.1', node.port, busPort)
  }
  for (const [i, { port }] of nodes.slice(0, PRIMARIES).entries()) {
    const slot = (n: number) => Math.floor((n * SLOTS) / PRIMARIES)
    await command(port, 'CLUSTER', 'ADDSLOTSRANGE', slot(i), slot(i + 1) - 1)
  }
  const alive = () => nodes.filter((node) => !down.has(node))
  const everyone = (condition: (node: TestRedis) => Promise<boolean>) =>
    until(clock, READY_WITHIN_MS, async () => (await Promise.all(alive().map(condition))).every(Boolean))
  const knows = async ({ port }: TestRedis) =>
    (await command(port, 'CLUSTER', 'NODES')).trim().split('\n').length === nodes.length
  await everyone(knows)
  for (const [i, { port }] of nodes.slice(0, PRIMARIES).entries()) {
    const id = await command(port, 'CLUSTER', 'MYID')
    await command(nodes[PRIMARIES + i]!.port, 'CLUSTER', 'REPLICATE', id)
  }
  const isWhole = async ({ port }: TestRedis) => {
    const [info, replication] = [await command(port, 'CLUSTER', 'INFO'), await command(port, 'INFO', 'replication')]
    return info.includes('cluster_state:ok') && /role:master|master_link_status:up/.test(replication)
  }
  const isPrimary = async ({ port }: TestRedis) => (await command(port, 'INFO', 'replication')).includes('role:master')
  await everyone(isWhole)

  return {
    target: (): Address => ({ host: '127.0.0.1', port: alive()[0]!.port }),
    /** kill -9 of a primary; when its replica has taken over, it comes back as that one's replica. */
    async killPrimary(random: Random): Promise<void> {
      const roles = await Promise.all(nodes.map(isPrimary))
      const victim = pick(
        random,
        nodes.filter((_, i) => roles[i]),
      )
      await victim.kill('SIGKILL')
      down.add(victim)
      await until(clock, READY_WITHIN_MS, async () => {
        const primaries = (await Promise.all(alive().map(isPrimary))).filter(Boolean).length
        return primaries === PRIMARIES && (await Promise.all(alive().map(isWhole))).every(Boolean)
      })
      await victim.start()
      down.delete(victim)
      await everyone(isWhole)
      await until(clock, READY_WITHIN_MS, async () => !(await isPrimary(victim)))
      await delay(clock, NODE_TIMEOUT_MS)
    },
    async stop(): Promise<void> {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}
export type ClusterStore = Awaited<ReturnType<typeof startClusterStore>>
