import { below, fraction, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { Bus, NodeName } from '../ports/bus.ts'
import type { Process } from './process.ts'

/** How the network between servers behaves at this moment. Percentages of all batches. */
export interface NetHealth {
  lossPercent: number
  repeatPercent: number
  /** Of batches that take up to so much longer than others, and so arrive out of order, in ms. */
  lateMs: number
  /** Servers (process names) that hear nothing, and whom nobody hears. */
  readonly deaf: Set<string>
  readonly mute: Set<string>
}

export interface SimNet {
  readonly health: NetHealth
  /** The bus of one process. */
  bus(process: Process): Bus
}

const LATENCY_MS = 0.3
const JITTER_MS = 0.7

/** Pub/sub between servers: the messages of a turn travel together, in order unless told otherwise. */
export function createNet(clock: VirtualClock, random: Random, hit: (point: string) => void): SimNet {
  const health: NetHealth = { lossPercent: 0, repeatPercent: 0, lateMs: 0, deaf: new Set(), mute: new Set() }
  const subscribers = new Map<NodeName, { readonly process: Process; readonly deliver: (message: string) => void }>()
  const lastMs = new Map<string, number>()

  function publish(from: Process, to: NodeName, batch: readonly string[]): void {
    if (health.mute.has(from.name)) return hit('bus message lost')
    if (below(random, 100) < health.lossPercent) return hit('bus message lost')
    const repeats = below(random, 100) < health.repeatPercent ? 2 : 1
    if (repeats > 1) hit('bus message repeated')
    for (let i = 0; i < repeats; i++) {
      let atMs = clock.monotonic() + LATENCY_MS + fraction(random) * (JITTER_MS + health.lateMs)
      const pair = `${from.name}>${to}`
      // In order, unless messages are late: then a later one may be first.
      if (health.lateMs === 0) atMs = Math.max(atMs, lastMs.get(pair) ?? 0)
      else if (atMs < (lastMs.get(pair) ?? 0)) hit('bus message out of order')
      lastMs.set(pair, atMs)
      clock.after(atMs - clock.monotonic(), () => {
        const subscriber = subscribers.get(to)
        if (subscriber === undefined || health.deaf.has(subscriber.process.name)) return
        subscriber.process.enter(() => {
          for (const message of batch) subscriber.deliver(message)
        })
      })
    }
  }

  function bus(process: Process): Bus {
    const queues = new Map<NodeName, string[]>()
    let self: NodeName | null = null

    function flush(): void {
      const batches = [...queues]
      queues.clear()
      for (const [to, batch] of batches) publish(process, to, batch)
    }

    return {
      send(to, message) {
        const queue = queues.get(to)
        if (queue !== undefined) return void queue.push(message)
        if (queues.size === 0) process.clock.endOfTurn(flush)
        queues.set(to, [message])
      },
      async subscribe(node, deliver) {
        self = node
        subscribers.set(node, { process, deliver })
      },
      dropped: () => 0,
      async close() {
        if (self !== null) subscribers.delete(self)
      },
    }
  }

  return { health, bus }
}
