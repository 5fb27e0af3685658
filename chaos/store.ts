import { type Clock, delay } from '../kit/clock.ts'
import { startRedis, type TestRedis } from '../scripts/test-redis.ts'
import type { Address } from './proxy.ts'
import { command } from './resp.ts'

const LOG_ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always']
const LOOK_MS = 20
const SYNC_WITHIN_MS = 20_000

/** One Valkey that writes each change to disk before it answers, and, when asked for, a replica. */
export async function startSingleStore(clock: Clock) {
  let primary = await startRedis(LOG_ALWAYS)
  let replica: TestRedis | null = null

  async function follow(): Promise<void> {
    replica = await startRedis(LOG_ALWAYS)
    await command(replica.port, 'REPLICAOF', '127.0.0.1', primary.port)
    await until(clock, SYNC_WITHIN_MS, async () =>
      (await command(replica!.port, 'INFO', 'replication')).includes('master_link_status:up'),
    )
  }

  return {
    target: (): Address => ({ host: '127.0.0.1', port: primary.port }),
    follow,
    /** kill -9, gone for `downMs`, then back with what is on its disk. */
    async restart(downMs: number): Promise<void> {
      await primary.kill('SIGKILL')
      await delay(clock, downMs)
      await primary.start()
    },
    /** The replica becomes the primary as it is, `repoint` leads everyone there, and the old one is gone. */
    async failOver(repoint: () => void): Promise<void> {
      const [old, next] = [primary, replica!]
      replica = null
      await command(next.port, 'REPLICAOF', 'NO', 'ONE')
      primary = next
      repoint()
      await old.stop()
    },
    async stop(): Promise<void> {
      await Promise.all([primary.stop(), replica?.stop()])
    },
  }
}
export type SingleStore = Awaited<ReturnType<typeof startSingleStore>>

export async function until(
  clock: Clock,
  withinMs: number,
  condition: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const endMs = clock.monotonic() + withinMs
  while (!(await condition())) {
    if (clock.monotonic() > endMs) return false
    await delay(clock, LOOK_MS)
  }
  return true
}
