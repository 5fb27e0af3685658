import { Redis } from 'ioredis'
import { systemClock as clock, delay } from '../kit/clock.ts'
import { below, systemRandom as random } from '../kit/random.ts'
import { createCrowd, sourceAddress } from '../loadtest/crowd.ts'
import { signInSessions } from '../loadtest/guests.ts'
import { readOptions } from '../loadtest/options.ts'
import { rssBytes } from '../loadtest/process-usage.ts'
import { createRenewals } from '../loadtest/renewal.ts'
import { gameOfId } from '../loadtest/script.ts'
import { type LocalCluster, startCluster } from '../scripts/local-cluster.ts'
import { type Flatness, flatness } from './flatness.ts'
import { type Provenance, provenance, writeResult } from './report.ts'

const defaults = {
  minutes: 60,
  servers: 2,
  /** Of each server; half of what a node is meant to hold. */
  players: 500,
  /** Between two kill -9 of the last server, which comes back at once under its name and port. */
  killEveryMinutes: 8,
}
const HOST = '127.0.0.1'
const PORTS_FROM = 20_000
const PORTS = 8_000
const SAMPLE_MS = 30_000
const PACE_MS = 1_000
/** Growth of a process from the middle third of the run to the last, against its middle: more is a leak or not yet known to be none. */
const GROWTH_MAX = 0.05
/** Shards that a dead server leaves behind are gone after this, in minutes: 10 for finished games, and the looks that find them. */
const SHARDS_LIVE_MINUTES = 15
const SHARDS_A_SERVER = 4
const SCAN_COUNT = 1_000

interface StoreSample {
  readonly bytes: number
  readonly keys: number
  readonly shards: number
  readonly routes: number
  readonly channels: number
}

export interface SoakResult extends Provenance {
  readonly minutes: number
  readonly players: number
  readonly moves: number
  readonly kills: number
  readonly lostAcks: number
  /** RSS of what was never killed, and memory that the store uses. */
  readonly memory: Readonly<Record<string, Flatness>>
  /** Most in the middle third and in the last. */
  readonly store: readonly [StoreSample, StoreSample]
  readonly missed: readonly string[]
}

/** An hour of play at half load, with a server dying now and then: nothing may grow. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<SoakResult> {
  const options = readOptions(args, defaults)
  const cluster = await startCluster({
    servers: options.servers - 1,
    env: { ...env, TURN_SECONDS: '60', RATE_LIMIT_ANONYMOUS: '1000000' },
  })
  // Outside the range that the system gives to clients: it must be free again when the server comes back.
  await cluster.addServer(undefined, { PORT: String(PORTS_FROM + below(random, PORTS)) })
  const store = new Redis(cluster.view().valkeyUrl)
  try {
    return await soak(cluster, store, options, args.length === 0, say)
  } finally {
    store.disconnect()
    await cluster.stop()
  }
}

async function soak(
  cluster: LocalCluster,
  store: Redis,
  { minutes, players, servers, killEveryMinutes }: typeof defaults,
  keep: boolean,
  say: (line: string) => void,
): Promise<SoakResult> {
  const view = cluster.view()
  const targets = view.servers.map(({ url }) => ({ host: HOST, port: Number(new URL(url).port) }))
  const victim = view.servers.at(-1)!
  const watched: Record<string, number> = {}
  for (const { nodeId, pid } of view.servers.slice(0, -1)) watched[nodeId] = pid
  for (const role of ['matchmaker', 'persistence', 'api'] as const) watched[role] = view[role][0]!.pid

  const count = players * servers
  const guests = { ...targets[0]!, count, addressOf: (index: number) => sourceAddress(HOST, index) }
  const renewals = createRenewals(guests, await signInSessions(guests))
  const { tokens } = renewals
  const crowd = createCrowd({
    clock,
    random,
    targets,
    tokens,
    renewals,
    script: gameOfId,
    verify: true,
    persistent: true,
  })
  await crowd.connect()
  await crowd.findGames()
  crowd.playPaced(PACE_MS)

  const memory: Record<string, { atMs: number; bytes: number }[]> = { valkey: [] }
  for (const name of Object.keys(watched)) memory[name] = []
  const inStore: StoreSample[] = []
  const startMs = clock.monotonic()
  let kills = 0
  while (clock.monotonic() - startMs < minutes * 60_000) {
    await delay(clock, SAMPLE_MS)
    const atMs = clock.monotonic() - startMs
    for (const [name, pid] of Object.entries(watched)) memory[name]!.push({ atMs, bytes: rssBytes(pid) })
    const sample = await sampleOf(store)
    inStore.push(sample)
    memory.valkey!.push({ atMs, bytes: sample.bytes })
    const errors = [...crowd.tally.errors].map(([name, n]) => `${n} ${name}`).join(', ')
    say(`${Math.round(atMs / 1_000)} s: ${crowd.tally.moves} moves, ${JSON.stringify(sample)}, ${errors}`)
    if (atMs < (kills + 1) * killEveryMinutes * 60_000) continue
    kills += 1
    await cluster.end(victim.nodeId, 'SIGKILL')
    await cluster.addServer(victim.nodeId, { PORT: new URL(victim.url).port })
  }
  crowd.pause()
  const { moves, lostAcks } = crowd.tally
  await crowd.close()

  const flat = Object.fromEntries(Object.entries(memory).map(([name, samples]) => [name, flatness(samples)]))
  const third = Math.floor(inStore.length / 3)
  const most = [mostOf(inStore.slice(third, 2 * third)), mostOf(inStore.slice(-third))] as const
  const shardsMax = SHARDS_A_SERVER * (servers + Math.ceil(SHARDS_LIVE_MINUTES / killEveryMinutes)) + SHARDS_A_SERVER
  const result: SoakResult = {
    ...{ minutes, players: count, moves, kills, lostAcks, memory: flat, store: most },
    missed: [
      ...Object.entries(flat)
        .filter(([, { growthBytes, maxBytes }]) => growthBytes > GROWTH_MAX * maxBytes)
        .map(([name, { growthBytes }]) => `${name} grew by ${growthBytes} bytes`),
      ...(most[1].shards > shardsMax ? [`${most[1].shards} shards are more than ${shardsMax}`] : []),
      ...(lostAcks > 0 ? [`${lostAcks} acknowledged moves lost`] : []),
    ],
    ...provenance(),
  }
  if (keep) writeResult('soak', result, summary(result))
  return result
}

async function sampleOf(store: Redis): Promise<StoreSample> {
  const info = await store.info('memory')
  let shards = 0
  let cursor = '0'
  do {
    const [next, heads] = await store.scan(cursor, 'MATCH', '{s:*}:rooms', 'COUNT', SCAN_COUNT)
    shards += heads.length
    cursor = next
  } while (cursor !== '0')
  const channels = ((await store.pubsub('CHANNELS')) as string[]).length
  const sharded = ((await store.pubsub('SHARDCHANNELS')) as string[]).length
  return {
    bytes: Number(/used_memory:(\d+)/.exec(info)![1]),
    keys: await store.dbsize(),
    shards,
    routes: await store.hlen('{n}:routes'),
    channels: channels + sharded,
  }
}

const mostOf = (samples: readonly StoreSample[]): StoreSample =>
  samples.reduce((most, sample) => ({
    bytes: Math.max(most.bytes, sample.bytes),
    keys: Math.max(most.keys, sample.keys),
    shards: Math.max(most.shards, sample.shards),
    routes: Math.max(most.routes, sample.routes),
    channels: Math.max(most.channels, sample.channels),
  }))

function summary({ minutes, players, moves, kills, memory, store, machine, node, commit }: SoakResult): string {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  const rows = Object.entries(memory).map(
    ([name, flat]) =>
      `| ${name} | ${mib(flat.startBytes)} | ${mib(flat.maxBytes)} | ${mib(flat.growthBytes)} | ${mib(flat.slopeBytesPerSecond * 3_600)} |`,
  )
  const [middle, last] = store
  return `# Bench: an hour at half load

${minutes} minutes, ${players} players, a move a second in each game, ${moves} moves; the last server killed with -9 and started again
${kills} times. ${machine}, Node ${node}, commit ${commit}.

| MiB | first | most | middle third to last | slope an hour |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Processes: resident memory of those that were never killed, every 30 s. Growth is the difference of medians; the slope is fitted to the last
two thirds. Bar: growth at most ${GROWTH_MAX * 100} % of the most.

| most in the store | middle third | last third |
| --- | --- | --- |
| keys | ${middle.keys} | ${last.keys} |
| shards with rooms | ${middle.shards} | ${last.shards} |
| routing rows | ${middle.routes} | ${last.routes} |
| channels | ${middle.channels} | ${last.channels} |
`
}
