import type { Clock } from '../../kit/clock.ts'
import { BUS_QUEUE_BYTES_MAX, type Bus, type NodeName } from '../bus.ts'

/** What the memory buses of several nodes share. */
export type MemoryExchange = Map<NodeName, (message: string) => void>

/** The bus in this process: one turn's messages arrive in the next, in order. A node that is not subscribed hears nothing. */
export function memoryBus(clock: Clock, exchange: MemoryExchange = new Map()): Bus {
  const queues = new Map<NodeName, { messages: string[]; bytes: number }>()
  let self: NodeName | null = null
  let scheduled = false
  let dropped = 0

  function deliver(): void {
    scheduled = false
    const batches = [...queues]
    queues.clear()
    for (const [to, { messages }] of batches) for (const message of messages) exchange.get(to)?.(message)
  }

  return {
    send(to, message) {
      const queue = queues.get(to) ?? { messages: [], bytes: 0 }
      if (queue.bytes + message.length > BUS_QUEUE_BYTES_MAX) {
        dropped += 1
        return
      }
      queue.messages.push(message)
      queue.bytes += message.length
      queues.set(to, queue)
      if (scheduled) return
      scheduled = true
      clock.endOfTurn(deliver)
    },
    async subscribe(node, handler) {
      self = node
      exchange.set(node, handler)
    },
    dropped: () => dropped,
    async close() {
      if (self !== null) exchange.delete(self)
    },
  }
}
