import { type Clock, delay, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'

/** A subscription asks itself for an echo this often, in ms. */
const PROBE_MS = 1_000
/** After so many probes in a row without a word the subscription is made anew. */
const PROBES_MISSED_MAX = 3
/** Between two tries to subscribe, in ms: twice as long after each, up to the most. */
const RETRY_MS = 50
const RETRY_MAX_MS = 1_000

/** A connection that hears a channel until it ends. */
export interface Ear {
  on(event: 'message' | 'smessage', heard: (channel: string, frame: string) => void): unknown
  once(event: 'end', ended: () => void): unknown
  disconnect(): void
}

export interface SubscriptionOptions {
  readonly clock: Clock
  readonly log: Log
  /** Subscribes with a new connection of its own. */
  readonly open: () => Promise<Ear>
  /** Sends something that comes back through the channel. */
  readonly probe: () => void
  /** Whatever is published on the channel, probes included. */
  readonly hear: (frame: string) => void
}

/**
 * Hears one channel for good. A connection that broke is replaced at once; what no connection tells (it is half-open, its slot has moved,
 * its subscription was lost) is found by silence. @throws Error when the first subscription fails
 */
export async function busSubscription(options: SubscriptionOptions): Promise<{ close(): void }> {
  const { clock, log, hear } = options
  let missed = 0
  let closed = false
  let renewing = false
  let current = await open()

  async function open(): Promise<Ear> {
    const ear = await options.open()
    for (const event of ['message', 'smessage'] as const) {
      ear.on(event, (_, frame) => {
        missed = 0
        hear(frame)
      })
    }
    ear.once('end', () => {
      if (ear === current) void renew()
    })
    return ear
  }

  async function renew(): Promise<void> {
    if (renewing || closed) return
    renewing = true
    current.disconnect()
    for (let waitMs = RETRY_MS; !closed; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      try {
        const next = await open()
        missed = 0
        current = next
        if (closed) next.disconnect()
        else log.info('bus_subscription_renewed')
        break
      } catch (error) {
        log.warn('bus_subscription_failed', { error })
        await delay(clock, waitMs)
      }
    }
    renewing = false
  }

  const cancel = every(clock, PROBE_MS, () => {
    if (renewing) return
    if (missed >= PROBES_MISSED_MAX) return void renew()
    missed += 1
    options.probe()
  })

  return {
    close() {
      closed = true
      cancel()
      current.disconnect()
    },
  }
}
