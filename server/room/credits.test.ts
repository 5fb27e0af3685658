import { expect, test } from 'vitest'
import { createCredits } from './credits.ts'

test('[P6] a moment is given back once, however many reasons there were', () => {
  const credits = createCredits()
  expect(credits.give(0, 100)).toBe(100)
  expect(credits.give(0, 100)).toBe(0)
  expect(credits.give(50, 150)).toBe(50)
  expect(credits.give(-50, 150)).toBe(50)
  expect(credits.give(1_000, 1_200)).toBe(200)
  expect(credits.give(100, 1_300)).toBe(850 + 100)
  expect(credits.give(-50, 1_300)).toBe(0)
})

test('[P6] periods that do not touch count in full', () => {
  const credits = createCredits()
  for (let n = 0; n < 20; n++) expect(credits.give(n * 1_000, n * 1_000 + 400)).toBe(400)
  expect(credits.give(18_000, 19_400)).toBe(600)
})

test('[P6] a stall within a longer outage, and an outage that outlives it, add up to the whole', () => {
  const credits = createCredits()
  expect(credits.give(3_000, 4_000) + credits.give(0, 9_000)).toBe(9_000)
})
