import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'

test('[bounded] never more at once than allowed, all of them, begun in order', async () => {
  const begun: number[] = []
  let now = 0
  let most = 0
  await inParallel(Array.from({ length: 20 }).keys(), 3, async (n) => {
    begun.push(n)
    most = Math.max(most, ++now)
    await Promise.resolve()
    now -= 1
  })
  expect(begun).toEqual([...Array(20).keys()])
  expect(most).toBe(3)
})

test('the first failure is told, and nothing is begun after it', async () => {
  const begun: number[] = []
  const run = inParallel([1, 2, 3, 4, 5, 6], 2, async (n) => {
    begun.push(n)
    await Promise.resolve()
    if (n === 2) throw new Error('two')
  })
  await expect(run).rejects.toThrow('two')
  expect(begun.length).toBeLessThan(6)
})
