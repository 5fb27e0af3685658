import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'

/*
 * [D1] failures are counted per record and destination   [D2] a letter is kept once, whole, and a repeat changes nothing
 * [D3] what does not fit is not kept, and says so         [D4] what was dealt with leaves, and counts anew
 */

/** Letters that the store under test keeps at most. */
export const CONTRACT_LETTERS_MAX = 3

const letter = (gameId: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  destination: 'games',
  gameId,
  result: `record of ${gameId} “é”`,
  reason: 'not JSON',
  atMs: 1_700_000_000_000,
  ...more,
})

export function deadLettersContract(
  name: string,
  open: () => Promise<{ letters: DeadLetters; close(): Promise<void> }>,
) {
  let letters: DeadLetters
  let close = async () => {}
  beforeAll(async () => {
    const opened = await open()
    letters = opened.letters
    close = opened.close
  })
  afterAll(() => close())

  test(`${name}: [D1] failures are counted by record and destination`, async () => {
    expect(await letters.failed(letter('g1'))).toBe(1)
    expect(await letters.failed(letter('g1', { reason: 'another' }))).toBe(2)
    expect(await letters.failed(letter('g1', { destination: 'statistics' }))).toBe(1)
    expect(await letters.failed(letter('g1', { result: 'another record' }))).toBe(1)
    expect(await letters.failed(letter('g1'))).toBe(3)
  })

  test(`${name}: [D2] [D3] [D4] letters are kept once and whole, so many at most, until they are dealt with`, async () => {
    expect(await letters.count()).toBe(0)
    expect(await letters.bury(letter('g1'))).toBe(true)
    expect(await letters.bury(letter('g1', { reason: 'again', atMs: 2 }))).toBe(true)
    expect(await letters.bury(letter('', { result: 'foreign' }))).toBe(true)
    expect(await letters.bury(letter('g3'))).toBe(true)
    expect(await letters.bury(letter('g4'))).toBe(false)
    expect(await letters.bury(letter('g3')), 'it is there already').toBe(true)
    expect(await letters.list(9)).toEqual([letter('g1'), letter('', { result: 'foreign' }), letter('g3')])
    expect(await letters.list(1)).toEqual([letter('g1')])

    await letters.remove(letter('g1'))
    await letters.remove(letter('g1'))
    expect(await letters.count()).toBe(2)
    expect(await letters.failed(letter('g1'))).toBe(1)
    expect(await letters.bury(letter('g4'))).toBe(true)
  })
}
