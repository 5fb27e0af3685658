import { type Clock, delay } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { NodeRecord, Route } from '../../ports/node-registry.ts'
import type { Gate } from './gate.ts'
import type { Fence, ShardId } from './ledger.ts'

/** How long the commit in flight, and a reclaim, may take before the shard is released instead, in ms. */
const QUIET_WITHIN_MS = 1_000
/** How long the target may take to say that it has the shard, in ms. */
const TAKEN_WITHIN_MS = 1_000
const LOOK_EVERY_MS = 2

export interface HandoverOptions {
  readonly clock: Clock
  readonly log: Log
  readonly node: NodeName
  readonly peers: () => readonly NodeRecord[]
  readonly hand: (to: NodeName, shard: ShardId, fence: Fence) => void
  readonly routeOf: (shard: number) => Route | null
  readonly release: (shard: ShardId, fence: Fence) => Promise<void>
  /** Whether the store has all that this memory has. If not, it is about to be written again. */
  readonly confirm: (gate: Gate) => Promise<boolean>
  /** Commands for the gate's rooms wait from now on. */
  readonly hold: (gate: Gate) => void
  /** They are asked again, wherever the rooms are now. */
  readonly letGo: (gate: Gate) => void
}

/** Gives a living server's shards to others: commands wait, the last commit ends, the target takes, commands follow the rooms. */
export function createHandover(options: HandoverOptions) {
  const { clock, log } = options

  async function handOver(gate: Gate, target: NodeName | null): Promise<void> {
    const { shard } = gate
    const startedMs = clock.monotonic()
    options.hold(gate)
    const owned = await settled(gate)
    const { fence } = gate
    gate.close('handed')
    if (owned && target !== null) {
      options.hand(target, shard, fence)
      await until(() => (options.routeOf(shard)?.epoch ?? 0) > fence.epoch, TAKEN_WITHIN_MS)
    }
    const taken = (options.routeOf(shard)?.epoch ?? 0) > fence.epoch
    if (!taken)
      await options.release(shard, fence).catch((error: unknown) => log.warn('release_failed', { shard, error }))
    options.letGo(gate)
    log.info('shard_handed', { shard, target, taken, tookMs: Math.round(clock.monotonic() - startedMs) })
  }

  /** Whoever takes the shard knows only what the store has: one that went back since the last commit must be told again first. */
  async function settled(gate: Gate): Promise<boolean> {
    const endMs = clock.monotonic() + QUIET_WITHIN_MS
    const isQuiet = () => gate.idle() && gate.trusted()
    while (await until(isQuiet, endMs - clock.monotonic())) {
      if ((await options.confirm(gate)) && isQuiet()) return true
      await delay(clock, LOOK_EVERY_MS)
    }
    return false
  }

  async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
    const endMs = clock.monotonic() + withinMs
    while (!condition()) {
      if (clock.monotonic() >= endMs) return false
      await delay(clock, LOOK_EVERY_MS)
    }
    return true
  }

  /** Gives all shards away, one after the other, each to the server with the fewest rooms. */
  return async (gates: readonly Gate[]): Promise<void> => {
    const load = new Map(
      options
        .peers()
        .flatMap(({ node, rooms, draining }) => (draining || node === options.node ? [] : [[node, rooms] as const])),
    )
    for (const gate of gates) {
      const target = [...load].sort((a, b) => a[1] - b[1])[0]?.[0] ?? null
      if (target !== null) load.set(target, load.get(target)! + 1 + Math.max(...load.values()) / 4)
      await handOver(gate, target)
    }
  }
}
