import { delay } from '../kit/clock.ts'
import { below, fraction, pick } from '../kit/random.ts'
import type { ClusterStore } from './cluster-store.ts'
import type { ChaosServer } from './platform.ts'
import type { FaultProxy } from './proxy.ts'
import type { Stage } from './run.ts'
import type { SingleStore } from './store.ts'

const DOWN_MS_MAX = 3_000
const SETTLE_MS = 3_000
const FAULT_MS_MAX = 6_000
const LATENCY_MS_MAX = 60

const allShards = async ({ platform }: Stage): Promise<number[]> =>
  (await Promise.all(platform.servers().map(platform.shardsOf))).flat()

async function repeat(
  stage: Stage,
  times: number,
  kind: string,
  once: () => Promise<void>,
  prepare: () => Promise<void> = async () => {},
): Promise<void> {
  for (let n = 1; n <= times; n++) {
    await prepare()
    const shards = await allShards(stage)
    stage.platform.fault(kind)
    await once()
    stage.platform.healed(kind)
    if (!(await stage.progress(shards))) stage.say(`${kind} ${n}: not every shard went on`)
    await delay(stage.clock, fraction(stage.random) * SETTLE_MS)
    if (n % 5 === 0 || n === times) stage.say(`${kind}: ${n} of ${times}`)
  }
}

/** kill -9 of a Valkey that writes before it answers; back after 0..3 s. */
export const restarts = (store: SingleStore, times: number) => (stage: Stage) =>
  repeat(stage, times, 'store restart', () => store.restart(fraction(stage.random) * DOWN_MS_MAX))

/** A replica becomes the primary as far as it has come. */
export const failOvers = (store: SingleStore, times: number) => (stage: Stage) =>
  repeat(stage, times, 'store failover', () => store.failOver(stage.platform.resetStore), store.follow)

/** kill -9 of a primary in a cluster: its replica takes over as far as it has come. */
export const primaryKills = (store: ClusterStore, times: number) => (stage: Stage) =>
  repeat(stage, times, 'cluster primary kill', () => store.killPrimary(stage.random))

/** Trouble between one server and the store, or its players; what it does is over after at most 6 s. */
const networkFaults: Readonly<Record<string, (proxy: FaultProxy, stage: Stage) => Promise<void>>> = {
  slow: (proxy, stage) =>
    during(proxy, stage, { latencyMs: below(stage.random, LATENCY_MS_MAX), jitterMs: LATENCY_MS_MAX }),
  'black hole': (proxy, stage) => during(proxy, stage, { held: ['up', 'down'] }),
  'nothing goes out': (proxy, stage) => during(proxy, stage, { held: ['up'] }),
  'nothing comes back': (proxy, stage) => during(proxy, stage, { held: ['down'] }),
  refused: async (proxy, stage) => {
    const over = during(proxy, stage, { refused: true })
    proxy.reset()
    await over
  },
  reset: async (proxy) => proxy.reset(),
  // Bounded: nobody may come through this proxy any more.
  'lost reply': (proxy, { clock, random }) =>
    Promise.race([proxy.loseReply(1 + below(random, 20)), delay(clock, FAULT_MS_MAX)]),
}

async function during(
  proxy: FaultProxy,
  { clock, random }: Stage,
  faults: Parameters<FaultProxy['set']>[0],
): Promise<void> {
  proxy.set(faults)
  await delay(clock, fraction(random) * FAULT_MS_MAX)
  proxy.set({})
}

const everyKind = (name: string, times: number, of: (server: ChaosServer) => FaultProxy) => async (stage: Stage) => {
  for (const [kind, strike] of Object.entries(networkFaults))
    await repeat(stage, times, `${name}: ${kind}`, () =>
      strike(of(pick(stage.random, stage.platform.servers())), stage),
    )
}

/** Between one server and the store. */
export const network = (times: number) => everyKind('store network', times, ({ proxy }) => proxy)
/** Between one server and its players. */
export const playersNetwork = (times: number) => everyKind('players network', times, ({ front }) => front!)
