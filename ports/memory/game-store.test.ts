import { gameStoreContract } from '../game-store.contract.ts'
import { memoryGameStore } from './game-store.ts'

gameStoreContract('memory', async () => ({ store: memoryGameStore(), close: async () => {} }))
