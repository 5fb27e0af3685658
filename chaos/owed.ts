import type { Clock } from '../kit/clock.ts'
import type { Asked } from './asked.ts'

/** A move in doubt is answered when the store is back; nothing here keeps it away for so long, ms. */
const OWED_MS = 25_000

interface Debt {
  readonly asked: Asked
  /** When the request was first made, however often it was repeated. */
  readonly since: number
  readonly sentMs: number
}

/** The requests of one socket that have no answer yet, by rid. */
export function createOwed(clock: Clock) {
  const debts = new Map<number, Debt>()
  return {
    add: (rid: number, asked: Asked, since: number): void => {
      debts.set(rid, { asked, since, sentMs: clock.monotonic() })
    },
    /** What was asked with this rid; it is answered now. */
    take(rid: number): Debt | null {
      const debt = debts.get(rid) ?? null
      debts.delete(rid)
      return debt
    },
    /** Requests whose answer is overdue, each once. */
    overdue(): Asked[] {
      const late = [...debts].filter(([, { sentMs }]) => clock.monotonic() - sentMs > OWED_MS)
      for (const [rid] of late) debts.delete(rid)
      return late.map(([, { asked }]) => asked)
    },
    clear: (): void => debts.clear(),
  }
}
