import { expect, test } from 'vitest'
import { cpuNs, rssBytes } from './process-usage.ts'

test('[usage] CPU time is what the process says of itself, in nanoseconds', () => {
  const before = cpuNs(process.pid)
  const usageBefore = process.cpuUsage()
  let spentUs = 0
  while (spentUs < 50_000) {
    const { user, system } = process.cpuUsage(usageBefore)
    spentUs = user + system
  }
  const ratio = (cpuNs(process.pid) - before) / 1_000 / spentUs
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.5)
})

test('[usage] memory is in bytes and near what the process says of itself', () => {
  const ratio = rssBytes(process.pid) / process.memoryUsage.rss()
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})
