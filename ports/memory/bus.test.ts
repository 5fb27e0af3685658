import { beforeEach } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { busContract } from '../bus.contract.ts'
import { type MemoryExchange, memoryBus } from './bus.ts'

let exchange: MemoryExchange = new Map()
beforeEach(() => {
  exchange = new Map()
})

busContract('memory', async () => memoryBus(systemClock, exchange))
