import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { nodeRegistryContract } from '../node-registry.contract.ts'
import { memoryNodeRegistry } from './node-registry.ts'

nodeRegistryContract('memory', async () => {
  const clock = virtualClock()
  return { registry: memoryNodeRegistry(clock), pass: (ms) => clock.advance(ms) }
})

test('memory: [P6] a clock that went back does not keep a dead node alive', async () => {
  let nowMs = 100_000
  const registry = memoryNodeRegistry({ ...virtualClock(), monotonic: () => nowMs })
  const node = (name: string) => ({ node: name, region: 'eu', players: 0, rooms: 0, draining: false })
  await registry.heartbeat(node('dead.1'), 1_500)
  nowMs -= 60_000
  await registry.heartbeat(node('living.1'), 1_500)
  expect((await registry.nodes()).map((record) => record.node)).toEqual(['living.1'])
})
