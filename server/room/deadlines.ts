import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { HostedRoom } from './hosted.ts'

/** How late a deadline may be noticed, in ms. */
const GRAIN_MS = 250

/**
 * Calls `due` for each room whose `dueMs` has come. A timing wheel: a room stands in the slot of the deadline that it had when it was put
 * there, and moves on when the slot comes up, so that a move costs next to nothing here. A room that is not hosted any more, because its creation
 * was refused or its shard is gone, leaves then.
 */
export function createDeadlines(
  clock: Clock,
  due: (room: HostedRoom) => void,
  isHosted: (room: HostedRoom) => boolean,
) {
  const slots = new Map<number, Set<HostedRoom>>()
  let next = slotOf(clock.monotonic())
  let cancel: CancelTimer = () => {}

  function add(room: HostedRoom): void {
    const slot = Math.max(slotOf(room.dueMs) + 1, next)
    room.slot = slot
    const rooms = slots.get(slot)
    if (rooms) rooms.add(room)
    else slots.set(slot, new Set([room]))
  }

  function sweep(): void {
    const nowMs = clock.monotonic()
    for (const last = slotOf(nowMs); next <= last; ) {
      const rooms = slots.get(next)
      slots.delete(next)
      next += 1
      for (const room of rooms ?? []) {
        if (room.room.status !== 'active' || !isHosted(room)) continue
        if (room.dueMs <= nowMs) due(room)
        if (room.room.status === 'active') add(room)
      }
    }
  }

  return {
    add,
    /** Its deadline has changed. One that came nearer must not wait for the slot that it had. */
    moved(room: HostedRoom): void {
      if (slotOf(room.dueMs) + 1 >= room.slot || !slots.get(room.slot)?.delete(room)) return
      add(room)
    },
    /** The game is over: nothing here keeps it in memory. */
    remove: (room: HostedRoom): void => void slots.get(room.slot)?.delete(room),
    start: () => {
      cancel = every(clock, GRAIN_MS, sweep)
    },
    stop: () => cancel(),
  }
}

const slotOf = (monotonicMs: number): number => Math.floor(monotonicMs / GRAIN_MS)
