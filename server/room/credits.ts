/** Periods kept: the causes that overlap are few, and end within moments of each other. */
const KEPT = 8

/**
 * Which time was given back already. Nobody can move while the process stands still, a commit is stuck or the lease has lapsed: these
 * overlap, and no moment is given back twice.
 */
export function createCredits() {
  /** Disjoint, oldest first, ms. */
  let given: (readonly [fromMs: number, toMs: number])[] = []

  /** How much of the period is not given back yet, in ms; it is from now on. */
  function give(fromMs: number, toMs: number): number {
    let newMs = toMs - fromMs
    let [from, to] = [fromMs, toMs]
    const apart: (readonly [number, number])[] = []
    for (const period of given) {
      const [since, until] = period
      if (until < fromMs || since > toMs) {
        apart.push(period)
        continue
      }
      newMs -= Math.min(until, toMs) - Math.max(since, fromMs)
      from = Math.min(from, since)
      to = Math.max(to, until)
    }
    given = [...apart, [from, to] as const].sort((a, b) => a[0] - b[0]).slice(-KEPT)
    return Math.max(0, newMs)
  }

  return { give }
}
export type Credits = ReturnType<typeof createCredits>
