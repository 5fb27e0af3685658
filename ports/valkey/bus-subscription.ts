import { Cluster } from 'ioredis'
import { type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { closeValkey, type Valkey } from './connect.ts'

/** A subscription asks itself for an echo this often, in ms. */
const PROBE_MS = 1_000
/** After so many probes in a row without a word the subscription is made anew. */
const PROBES_MISSED_MAX = 3

export interface SubscriptionOptions {
  readonly clock: Clock
  readonly log: Log
  readonly channel: string
  /** A new connection of its own. */
  readonly connect: () => Promise<Valkey>
  /** Sends something that comes back through `channel`. */
  readonly probe: () => void
  /** Whatever is published on `channel`, probes included. */
  readonly hear: (frame: string) => void
}

/**
 * Hears one channel for good. Connections subscribe again by themselves after they broke; what that does not heal (a half-open
 * connection, a slot that moved, a lost subscription) is found by silence.
 */
export async function busSubscription(options: SubscriptionOptions): Promise<{ close(): void }> {
  const { clock, log, channel, hear } = options
  let missed = 0
  let closed = false
  let renewing = false
  let current = await open()

  async function open(): Promise<Valkey> {
    const valkey = await options.connect()
    valkey.on(valkey instanceof Cluster ? 'smessage' : 'message', (_: string, frame: string) => {
      missed = 0
      hear(frame)
    })
    try {
      await (valkey instanceof Cluster ? valkey.ssubscribe(channel) : valkey.subscribe(channel))
    } catch (error) {
      closeValkey(valkey)
      throw error
    }
    return valkey
  }

  async function renew(): Promise<void> {
    renewing = true
    closeValkey(current)
    try {
      const next = await open()
      if (closed) closeValkey(next)
      else current = next
      missed = 0
      log.warn('bus_subscription_renewed')
    } catch (error) {
      log.warn('bus_subscription_failed', { error })
    } finally {
      renewing = false
    }
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
      closeValkey(current)
    },
  }
}
