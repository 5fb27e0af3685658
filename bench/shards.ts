import { openRoom } from '../game/room.ts'
import { systemClock as clock, delay } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { readOptions } from '../loadtest/options.ts'
import { encodeRecord, recordHead, timesOf } from '../ports/room-record.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { gameIdOf, type UserId } from '../protocol/ids.ts'
import { end, launch } from '../scripts/processes.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { LEASE_MS } from '../server/shard/lease.ts'
import type { Change, ShardId } from '../server/shard/ledger.ts'
import { valkeyLedger } from '../server/shard/valkey-ledger.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'

/** From the death of a server to another owner of each of its shards, ms, 99th percentile. */
const TAKEOVER_P99_MS_MAX = 5_000
/** While one shard is handed over its players wait, ms, each. */
const HANDOVER_MS_MAX = 100
const WITHIN_MS = 60_000

const defaults = {
  /** That the dead server held. */
  shards: 200,
  /** Of each shard. */
  running: 5,
  finished: 60,
}

export interface ShardsResult extends Provenance {
  readonly shards: number
  readonly games: number
  readonly takeoverP50Ms: number
  readonly takeoverP99Ms: number
  readonly handoverP50Ms: number
  readonly handoverMaxMs: number
  /** From SIGTERM to the last shard. */
  readonly drainMs: number
  readonly missed: readonly string[]
}

/** A server with many shards dies: one survivor takes them all, then hands them all to another one. Real processes on a real store. */
export async function run(
  args: readonly string[],
  _env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<ShardsResult> {
  const options = readOptions(args, defaults)
  const redis = await startRedis()
  const valkey = await connectValkey(redis.url, { name: 'bench', commandTimeoutMs: 20_000 })
  const registry = valkeyNodeRegistry(valkey)
  const ledger = valkeyLedger(valkey)
  const handed: number[] = []
  const server = (name: string) =>
    launch({
      entry: 'server/main.ts',
      readyEvent: 'server_ready',
      env: {
        PORT: '0',
        ADMIN_PORT: '0',
        HOST: '127.0.0.1',
        NODE_ID: name,
        VALKEY_URL: redis.url,
        AUTH_JWKS_URL: 'http://127.0.0.1:1/',
      },
      line: (line) => {
        const logged = /"event":"shard_handed"/.test(line)
          ? (JSON.parse(line) as { tookMs: number; taken: boolean })
          : null
        if (logged !== null) handed.push(logged.taken ? logged.tookMs : WITHIN_MS)
      },
    })
  const launched: Awaited<ReturnType<typeof server>>[] = []
  try {
    const survivor = await server('survivor')
    launched.push(survivor)
    const ghost = { owner: 'ghost.0', nonce: 'ghost', leaseMs: LEASE_MS }
    const fence = { epoch: 1, nonce: ghost.nonce }
    const shards = Array.from({ length: options.shards }, () => random.uint32() as ShardId)
    const record = { node: ghost.owner, region: 'local', players: 0, rooms: 0, draining: false }
    const alive = async () => {
      await registry.heartbeat(record, 1_500)
      await ledger.renew(
        shards.map((shard) => ({ shard, fence, seq: 0 })),
        LEASE_MS,
      )
    }
    await registry.heartbeat(record, 60_000)
    await Promise.all(shards.map((shard) => ledger.open(shard, { ...ghost, leaseMs: 60_000 })))
    await registry.publish(shards.map((shard) => ({ shard, epoch: 1, node: ghost.owner })))
    for (const shard of shards) await ledger.commit(shard, fence, 1, gamesOf(shard, options.running, options.finished))
    await alive()
    const diedMs = clock.monotonic()
    say(`${options.shards} shards of a server that is dead now`)

    const takenMs = new Map<number, number>()
    const owned = (node: string) => async () =>
      (await registry.routes()).filter((route) => route.node.startsWith(node)).map(({ shard }) => shard)
    await until(async () => {
      for (const shard of await owned('survivor.')()) takenMs.set(shard, clock.monotonic() - diedMs)
      return shards.every((shard) => takenMs.has(shard))
    })
    const takeovers = shards.map((shard) => takenMs.get(shard)!)
    say(`all taken after ${Math.round(Math.max(...takeovers))} ms`)

    launched.push(await server('heir'))
    await delay(clock, 1_000)
    const drainedMs = clock.monotonic()
    await end(survivor)
    await until(async () =>
      shards.every(
        (
          (all) => (shard) =>
            all.has(shard)
        )(new Set(await owned('heir.')())),
      ),
    )
    const result: ShardsResult = {
      ...provenance(),
      shards: options.shards,
      games: options.shards * (options.running + options.finished),
      takeoverP50Ms: percentile(takeovers, 50),
      takeoverP99Ms: percentile(takeovers, 99),
      handoverP50Ms: percentile(handed, 50),
      handoverMaxMs: Math.max(...handed),
      drainMs: round(clock.monotonic() - drainedMs),
      missed: [],
    }
    const missed = [
      ...(result.takeoverP99Ms > TAKEOVER_P99_MS_MAX ? [`takeoverP99Ms ${result.takeoverP99Ms}`] : []),
      ...(result.handoverMaxMs > HANDOVER_MS_MAX ? [`handoverMaxMs ${result.handoverMaxMs}`] : []),
      ...(handed.length < options.shards ? [`only ${handed.length} shards were handed over`] : []),
    ]
    writeResult('shards', { ...result, missed }, summary(result))
    return { ...result, missed }
  } finally {
    await Promise.all(launched.map((process) => end(process, 'SIGKILL')))
    closeValkey(valkey)
    await redis.stop()
  }
}

/** Looks often: each look is one of the moments that are measured. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = clock.monotonic() + WITHIN_MS
  while (!(await condition())) {
    if (clock.monotonic() > endMs) throw new Error('not within a minute')
    await delay(clock, 10)
  }
}

/** Records of games that run, and of games that have ended. */
function gamesOf(shard: ShardId, running: number, finished: number): Change[] {
  return Array.from({ length: running + finished }, (_, n) => {
    const players = [0, 1].map((seat) => ({
      id: `${shard}-${n}-${seat}` as UserId,
      name: `Player ${seat}`,
      rating: 1500,
    })) as unknown as Parameters<typeof openRoom>[0]['players']
    const room = openRoom({ mode: 'casual', players, turnMs: 30_000 }, clock.now())
    const done = n >= running
    const state = done ? { ...room, status: 'aborted' as const, deadlineMs: null, endedAtMs: clock.now() } : room
    const record = encodeRecord(recordHead(state, null), timesOf(state), state)
    return { gameId: gameIdOf(shard, random), record, create: !done, done, result: null }
  })
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN)
}

const summary = (result: ShardsResult): string => `# Many shards of one server

\`npm run bench -- shards\`: a server with ${result.shards} shards (${result.games} games) dies; one survivor takes them all, then is ended
in order and hands them all to another server. ${result.machine}, Node ${result.node}, commit ${result.commit}.

| figure | ms | bar |
| --- | --- | --- |
| from the death to a new owner, median | ${result.takeoverP50Ms} | |
| the same, 99th percentile | ${result.takeoverP99Ms} | ${TAKEOVER_P99_MS_MAX} |
| one shard handed over, median | ${result.handoverP50Ms} | |
| the slowest of them | ${result.handoverMaxMs} | ${HANDOVER_MS_MAX} |
| from SIGTERM to the last shard | ${result.drainMs} | |
`
