import { virtualClock } from '../../kit/virtual-clock.ts'
import { nodeRegistryContract } from '../node-registry.contract.ts'
import { memoryNodeRegistry } from './node-registry.ts'

nodeRegistryContract('memory', async () => {
  const clock = virtualClock()
  return { registry: memoryNodeRegistry(clock), pass: (ms) => clock.advance(ms) }
})
