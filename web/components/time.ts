import { useEffect, useState } from 'preact/hooks'
import { type Clock, every } from '../../kit/clock.ts'

export interface ServerClock {
  readonly clock: Clock
  /** The server's clock, ms since the Unix epoch. */
  readonly serverNow: () => number
}

/** The server's clock, looked at every `periodMs`. */
export function useServerNow({ clock, serverNow }: ServerClock, periodMs: number): number {
  const [, setTick] = useState(0)
  useEffect(() => every(clock, periodMs, () => setTick((tick) => tick + 1)), [clock, periodMs])
  return serverNow()
}

/** A duration in ms as `1:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
