import { Cluster, type Redis } from 'ioredis'
import { assert } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { BUS_QUEUE_BYTES_MAX, type Bus, type NodeName } from '../bus.ts'
import { decodeFrame, encodeFrame } from './bus-frame.ts'
import { busSubscription } from './bus-subscription.ts'
import { closeValkey, connectValkey } from './connect.ts'
import { subscribe } from './subscribe.ts'

export interface ValkeyBusOptions {
  readonly url: string
  /** Shown in CLIENT LIST. */
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  /** Told of each connection that hears. */
  readonly subscribed?: (redis: Redis) => void
}

/** What goes to one destination. */
interface Outgoing {
  messages: string[]
  /** Of `messages`. */
  queuedBytes: number
  /** Published and not confirmed by the store yet. */
  flyingBytes: number
}

/**
 * The bus on pub/sub of a Valkey or Redis 7, with two connections of its own; sharded pub/sub on a cluster. A channel a node. Connects
 * anew by itself; meanwhile messages are lost. @throws Error when the first connection fails
 */
export async function valkeyBus(options: ValkeyBusOptions): Promise<Bus> {
  const { url, clock, log } = options
  const onError = (error: Error): void => log.warn('bus_connection_failed', { error })
  const publisher = await connectValkey(url, { name: `${options.name}-bus`, onError })
  const outgoing = new Map<NodeName, Outgoing>()
  const flying = new Set<Promise<void>>()
  let subscription: { close(): void } | null = null
  let scheduled = false
  let closed = false
  let dropped = 0

  const publishFrame = (to: NodeName, frame: string): Promise<unknown> =>
    publisher instanceof Cluster ? publisher.spublish(channelOf(to), frame) : publisher.publish(channelOf(to), frame)

  function flush(): void {
    scheduled = false
    for (const [to, queue] of outgoing) if (queue.messages.length > 0) publish(to, queue)
  }

  function publish(to: NodeName, queue: Outgoing): void {
    const { messages, queuedBytes } = queue
    queue.messages = []
    queue.queuedBytes = 0
    queue.flyingBytes += queuedBytes
    const sent: Promise<void> = publishFrame(to, encodeFrame(messages))
      .then(
        () => {},
        () => {
          dropped += messages.length
        },
      )
      .then(() => {
        flying.delete(sent)
        queue.flyingBytes -= queuedBytes
        if (queue.flyingBytes === 0 && queue.messages.length === 0) outgoing.delete(to)
      })
    flying.add(sent)
  }

  function hear(frame: string, deliver: (message: string) => void): void {
    const messages = decodeFrame(frame)
    if (messages === null) log.warn('bus_frame_refused', { length: frame.length })
    for (const message of messages ?? []) {
      try {
        deliver(message)
      } catch (error) {
        log.error('bus_delivery_failed', { error })
      }
    }
  }

  return {
    send(to, message) {
      const bytes = Buffer.byteLength(message)
      const queue = outgoing.get(to) ?? { messages: [], queuedBytes: 0, flyingBytes: 0 }
      if (queue.queuedBytes + queue.flyingBytes + bytes > BUS_QUEUE_BYTES_MAX) {
        dropped += 1
        return
      }
      queue.messages.push(message)
      queue.queuedBytes += bytes
      outgoing.set(to, queue)
      if (scheduled) return
      scheduled = true
      clock.endOfTurn(flush)
    },
    async subscribe(self, deliver) {
      assert(subscription === null, 'a bus hears for one node')
      subscription = await busSubscription({
        clock,
        log,
        open: async () => {
          const redis = await subscribe(url, publisher, channelOf(self), { name: `${options.name}-bus-in`, onError })
          options.subscribed?.(redis)
          return redis
        },
        probe: () => void publishFrame(self, encodeFrame([])).catch(() => {}),
        hear: (frame) => hear(frame, deliver),
      })
    },
    dropped: () => dropped,
    async close() {
      if (closed) return
      flush()
      closed = true
      await Promise.all(flying)
      subscription?.close()
      closeValkey(publisher)
    },
  }
}

export const channelOf = (node: NodeName): string => `bus:{${node}}`
