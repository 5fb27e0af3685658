import type { Clock } from '../kit/clock.ts'

/** Waits that the end of the process cuts short. */
export function createPauses(clock: Clock) {
  const waiting = new Set<() => void>()
  let over = false
  return {
    /** Resolves after `ms`, or at the end. */
    pause: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        if (over) return resolve()
        const end = () => {
          cancel()
          waiting.delete(end)
          resolve()
        }
        const cancel = clock.after(ms, end)
        waiting.add(end)
      }),
    ended: (): boolean => over,
    end(): void {
      over = true
      for (const end of [...waiting]) end()
    },
  }
}
export type Pauses = ReturnType<typeof createPauses>
