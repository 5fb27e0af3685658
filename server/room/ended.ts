import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { HostedRoom } from './hosted.ts'

/** A finished game leaves memory after this even when somebody watches, in ms: longer than a rematch offer. */
const LINGER_MS = 120_000
const SWEEP_MS = 1_000

/** Lets finished games leave memory, as soon as nobody watches; from then on they are answered from the store. */
export function createEnded(clock: Clock, rooms: Map<GameId, HostedRoom>) {
  /** Since when each has been over, monotonic ms; oldest first. */
  const finished = new Map<HostedRoom, number>()
  let cancel: CancelTimer = () => {}

  function sweep(): void {
    const beforeMs = clock.monotonic() - LINGER_MS
    for (const [hosted, sinceMs] of finished) {
      if (sinceMs <= beforeMs || hosted.subscribers.length === 0) drop(hosted)
    }
  }

  /** A room with a change in flight stays: its commit still needs it. */
  function drop(hosted: HostedRoom): void {
    if (hosted.dirtySeq > hosted.gate.seq()) return
    finished.delete(hosted)
    if (rooms.get(hosted.gameId) === hosted) rooms.delete(hosted.gameId)
  }

  return {
    add: (hosted: HostedRoom): void => void finished.set(hosted, clock.monotonic()),
    /** Nobody watches the game any more. */
    unwatched: (hosted: HostedRoom): void => {
      if (finished.has(hosted)) drop(hosted)
    },
    start: () => {
      cancel = every(clock, SWEEP_MS, sweep)
    },
    stop: () => cancel(),
    size: () => finished.size,
  }
}
export type Ended = ReturnType<typeof createEnded>
