/** Names one boot of one server: node id and boot id, `NODE_ID.BOOT`. */
export type NodeName = string

/**
 * Messages between servers. Lossy: a message may be lost, late or repeated, never altered; whoever needs an answer asks again. All
 * messages that one event-loop turn sends to one destination travel together, in order.
 */
export interface Bus {
  /** At most BUS_QUEUE_BYTES_MAX wait for one destination; beyond that the newest are dropped and counted. */
  send(to: NodeName, message: string): void
  /** Starts to deliver what is sent to `self`. Resolves when nothing sent from now on is missed for want of a subscription. */
  subscribe(self: NodeName, deliver: (message: string) => void): Promise<void>
  /** Messages dropped because a queue was full, or the store out of reach. */
  dropped(): number
  close(): Promise<void>
}

export const BUS_QUEUE_BYTES_MAX = 1024 * 1024
