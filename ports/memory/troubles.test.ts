import { virtualClock } from '../../kit/virtual-clock.ts'
import { troublesContract } from '../troubles.contract.ts'
import { memoryTroubles } from './troubles.ts'

troublesContract('memory', async () => {
  const clock = virtualClock()
  return { troubles: memoryTroubles(clock), pass: clock.advance, close: async () => {} }
})
