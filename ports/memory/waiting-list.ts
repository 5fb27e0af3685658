import type { Ticket } from '../ticket-queue.ts'

/** A ticket's place in a list; `waiting` turns false once and for all when it leaves. */
export interface Entry {
  ticket: Ticket
  waiting: boolean
}

/** Tickets sorted by rating, then id. Adding and leaving are O(1): order is made when somebody reads it. */
export interface WaitingList {
  add(entry: Entry): void
  /** Call after an entry left (its `waiting` turned false) or its ticket changed. */
  changed(left: boolean): void
  read(): readonly Ticket[]
  /** Entries held, those included that left and are not cleared away yet: at most twice those that wait, and 128. */
  held(): number
}

/** The half of a list, and these, may have left before it is put in order again. */
const GONE_SLACK = 64

export function waitingList(): WaitingList {
  let sorted: Entry[] = []
  let added: Entry[] = []
  let gone = 0
  let view: readonly Ticket[] | null = []

  function order(): void {
    const fresh = added.filter((entry) => entry.waiting).sort(byRating)
    sorted = merge(
      sorted.filter((entry) => entry.waiting),
      fresh,
    )
    added = []
    gone = 0
  }

  return {
    add(entry) {
      added.push(entry)
      view = null
    },
    changed(left) {
      view = null
      if (left && ++gone > GONE_SLACK + (sorted.length + added.length) / 2) order()
    },
    read() {
      if (view === null) {
        order()
        view = sorted.map((entry) => entry.ticket)
      }
      return view
    },
    held: () => sorted.length + added.length,
  }
}

/** Ids compare by code unit, so that every adapter has the same order. */
function byRating({ ticket: a }: Entry, { ticket: b }: Entry): number {
  return a.rating - b.rating || (a.id < b.id ? -1 : 1)
}

function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  const merged: Entry[] = []
  let j = 0
  for (const entry of a) {
    while (j < b.length && byRating(b[j]!, entry) < 0) merged.push(b[j++]!)
    merged.push(entry)
  }
  while (j < b.length) merged.push(b[j++]!)
  return merged
}
