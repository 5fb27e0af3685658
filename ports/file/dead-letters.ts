import type { Clock } from '../../kit/clock.ts'
import type { DeadLetter, DeadLetters, Failing } from '../dead-letters.ts'
import { memoryDeadLetters } from '../memory/dead-letters.ts'
import { openChangeLog } from './change-log.ts'

export interface FileDeadLetters extends DeadLetters {
  /** Waits for what is under way. */
  close(): Promise<void>
}

type Step = readonly ['failed', Failing] | readonly ['bury', DeadLetter] | readonly ['remove', Failing]

/**
 * The memory adapter, each change in `path` before its answer and back at the next start.
 * @throws Error in one line when the file cannot be read or written
 */
export async function fileDeadLetters(path: string, clock: Clock, lettersMax?: number): Promise<FileDeadLetters> {
  const memory = memoryDeadLetters(clock, lettersMax)
  const apply = async ([name, record]: Step): Promise<unknown> => memory[name](record as DeadLetter)
  const log = await openChangeLog<Step>(path, apply, function* () {
    for (const record of memory.failures()) yield ['failed', record]
    for (const letter of memory.letters()) yield ['bury', letter]
  })
  return {
    failed: (record) =>
      log.change(
        () => memory.failed(record),
        () => ['failed', record],
      ),
    bury: (letter) =>
      log.change(
        () => memory.bury(letter),
        (kept) => (kept ? ['bury', letter] : null),
      ),
    remove: (record) =>
      log.change(
        () => memory.remove(record),
        () => ['remove', record],
      ),
    count: () => log.read(memory.count),
    list: (count) => log.read(() => memory.list(count)),
    close: log.close,
  }
}
