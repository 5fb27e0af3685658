import type { CancelTimer, Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'

/** How long after a failed first connection the next is tried, ms; once connected, the connection heals itself. */
const RECONNECT_MS = 1_000

export interface BackgroundOptions {
  readonly url: string
  /** Shown in CLIENT LIST. */
  readonly name: string
  readonly clock: Clock
  readonly log: Log
}

export interface BackgroundValkey {
  /** Null until the first connection. */
  current(): Valkey | null
  close(): void
}

/** A connection for what works without it: the process starts at once, and goes on trying. */
export function valkeyInBackground({ url, name, clock, log }: BackgroundOptions): BackgroundValkey {
  let connection: Valkey | null = null
  let closed = false
  let cancel: CancelTimer = () => {}

  async function connect(): Promise<void> {
    try {
      const connected = await connectValkey(url, { name })
      if (closed) closeValkey(connected)
      else connection = connected
    } catch (error) {
      log.warn('valkey_connection_failed', { purpose: name, error })
      if (!closed) cancel = clock.after(RECONNECT_MS, () => void connect())
    }
  }

  void connect()
  return {
    current: () => connection,
    close() {
      closed = true
      cancel()
      if (connection !== null) closeValkey(connection)
    },
  }
}
