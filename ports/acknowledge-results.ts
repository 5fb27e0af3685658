import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { ResultOutbox } from './result-outbox.ts'

const EVERY_MS = 250
const BATCH = 500
/** The only destination while no store takes results. */
export const NOWHERE = 'nowhere'

/** Reads results and acknowledges them, so that outboxes stay small where nothing stores games; the function returned ends it. */
export function acknowledgeResults(outbox: ResultOutbox, clock: Clock, log: Log): CancelTimer {
  let reading = false
  async function drain(): Promise<void> {
    if (reading) return
    reading = true
    try {
      for (;;) {
        const entries = await outbox.read(NOWHERE, BATCH)
        if (entries.length === 0) return
        await outbox.ack(NOWHERE, entries)
      }
    } catch (error) {
      log.warn('results_not_read', { error })
    } finally {
      reading = false
    }
  }
  return every(clock, EVERY_MS, () => void drain())
}
