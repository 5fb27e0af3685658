import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { HostedRoom } from './hosted.ts'

/** A finished game that nobody watches leaves memory after this, in ms; from then on it is answered from the store. */
const LINGER_MS = 10_000
/** A finished game leaves memory after this even when somebody watches, in ms: longer than a rematch offer. */
const LINGER_WATCHED_MS = 120_000
const SWEEP_MS = 1_000

/** Lets finished games leave memory, oldest first. */
export function createEnded(clock: Clock, rooms: Map<GameId, HostedRoom>) {
  const fresh: { readonly hosted: HostedRoom; readonly sinceMs: number }[] = []
  const watched: { readonly hosted: HostedRoom; readonly sinceMs: number }[] = []
  let cancel: CancelTimer = () => {}

  function sweep(): void {
    const nowMs = clock.monotonic()
    for (const entry of takeOlder(fresh, nowMs - LINGER_MS)) {
      if (entry.hosted.subscribers.length > 0) watched.push(entry)
      else drop(entry.hosted)
    }
    for (const { hosted } of takeOlder(watched, nowMs - LINGER_WATCHED_MS)) drop(hosted)
  }

  /** A room with a change in flight stays: its commit still needs it. */
  function drop(hosted: HostedRoom): void {
    if (hosted.dirtySeq > hosted.gate.seq()) fresh.push({ hosted, sinceMs: clock.monotonic() })
    else if (rooms.get(hosted.gameId) === hosted) rooms.delete(hosted.gameId)
  }

  return {
    add: (hosted: HostedRoom) => {
      fresh.push({ hosted, sinceMs: clock.monotonic() })
    },
    start: () => {
      cancel = every(clock, SWEEP_MS, sweep)
    },
    stop: () => cancel(),
    size: () => fresh.length + watched.length,
  }
}

function takeOlder<T extends { readonly sinceMs: number }>(queue: T[], beforeMs: number): T[] {
  let count = 0
  while (count < queue.length && queue[count]!.sinceMs <= beforeMs) count += 1
  return queue.splice(0, count)
}
