import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { CONTRACT_LETTERS_MAX, deadLettersContract } from '../dead-letters.contract.ts'
import { fileDeadLetters } from './dead-letters.ts'
import { testFiles } from './test-files.ts'

const { newPath, closeLater } = testFiles()

deadLettersContract('file', async () => {
  const letters = await fileDeadLetters(newPath(), virtualClock(), CONTRACT_LETTERS_MAX)
  return { letters, close: letters.close }
})

test('file: [D1] [D2] letters and counts outlive their process', async () => {
  const path = newPath()
  const clock = virtualClock()
  const record = { destination: 'games', gameId: 'g1', result: 'r' }
  const letter = { ...record, gameId: 'g2', reason: 'not JSON', atMs: 5 }
  for (let start = 1; start <= 3; start++) {
    const letters = await fileDeadLetters(path, clock)
    closeLater(letters.close)
    expect(await letters.failed(record)).toBe(start)
    await letters.bury(letter)
    expect(await letters.list(9)).toEqual([letter])
  }
})
