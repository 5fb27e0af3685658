import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { CONTRACT_LETTERS_MAX, deadLettersContract } from '../dead-letters.contract.ts'
import { FAILURES_KEPT_MS } from '../dead-letters.ts'
import { memoryDeadLetters } from './dead-letters.ts'

deadLettersContract('memory', async () => ({
  letters: memoryDeadLetters(virtualClock(), CONTRACT_LETTERS_MAX),
  close: async () => {},
}))

test('memory: [D1] failures of a day ago are forgotten', async () => {
  const clock = virtualClock()
  const letters = memoryDeadLetters(clock)
  const record = { destination: 'games', gameId: 'g1', result: 'r' }
  await letters.failed(record)
  await clock.advance(FAILURES_KEPT_MS - 1)
  expect(await letters.failed(record)).toBe(2)
  await clock.advance(FAILURES_KEPT_MS)
  expect(await letters.failed(record)).toBe(1)
})
