import { expect, test } from 'vitest'
import { runFuzz } from './fuzz-run.ts'

test('[P8] 50,000 hostile frames through real sockets: alive, peaceful games unharmed, memory flat', async () => {
  const result = await runFuzz({ frames: 50_000, seed: 0x0f05 }, process.env, () => {})
  expect(result.failures).toEqual([])
  expect([result.frames, result.peaceful.lostAcks]).toEqual([50_000, 0])
  for (const code of [1003, 1009, 4400]) expect(result.closes[code]).toBeGreaterThan(0)
  expect(result.answers).toBeGreaterThan(10_000)
})
