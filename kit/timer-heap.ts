interface Timer {
  readonly dueMs: number
  /** Order of setting, for timers that fall due together. */
  readonly order: number
  /** Null: cancelled, or taken. */
  run: (() => void) | null
}

/** Timers by (due, order of setting). Adding and taking cost O(log n), cancelling O(1) amortised. */
export interface TimerHeap {
  add(dueMs: number, run: () => void): () => void
  nextDueMs(): number | null
  /** Takes the first timer that is due at `nowMs` and was set before `mark()` was `before`; null: there is none. */
  takeDue(nowMs: number, before: number): (() => void) | null
  /** Grows with each timer that is set. */
  mark(): number
}

/** Cancelled timers may outnumber the others by this many before they are cleared away. */
const CANCELLED_SLACK = 64

export function timerHeap(): TimerHeap {
  let heap: Timer[] = []
  let cancelled = 0
  let set = 0

  /** The first timer that still runs; cancelled ones before it are cleared away. */
  function first(): Timer | null {
    for (;;) {
      const top = heap[0]
      if (top === undefined) return null
      if (top.run !== null) return top
      pop(heap)
      cancelled--
    }
  }

  function clearCancelled(): void {
    // A sorted array is a heap.
    heap = heap.filter((timer) => timer.run !== null).sort(order)
    cancelled = 0
  }

  return {
    add(dueMs, run) {
      const timer: Timer = { dueMs, order: set++, run }
      push(heap, timer)
      return () => {
        if (timer.run === null) return
        timer.run = null
        if (++cancelled > CANCELLED_SLACK + heap.length / 2) clearCancelled()
      }
    },
    nextDueMs: () => first()?.dueMs ?? null,
    takeDue(nowMs, before) {
      const timer = first()
      // Set since: it falls due now at the earliest, so all that were set before have been taken.
      if (timer === null || timer.dueMs > nowMs || timer.order >= before) return null
      const { run } = timer
      timer.run = null
      pop(heap)
      return run
    },
    mark: () => set,
  }
}

const order = (a: Timer, b: Timer): number => a.dueMs - b.dueMs || a.order - b.order

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (order(heap[parent]!, timer) <= 0) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = timer
}

function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && order(heap[child + 1]!, heap[child]!) < 0) child++
    if (order(last, heap[child]!) <= 0) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
