import { startRedis } from '../../scripts/test-redis.ts'
import { CONTRACT_LETTERS_MAX, deadLettersContract } from '../dead-letters.contract.ts'
import { closeValkey, connectValkey } from './connect.ts'
import { valkeyDeadLetters } from './dead-letters.ts'

deadLettersContract('valkey', async () => {
  const redis = await startRedis()
  const valkey = await connectValkey(redis.url, { name: 'contract', commandTimeoutMs: 20_000 })
  return {
    letters: valkeyDeadLetters(valkey, CONTRACT_LETTERS_MAX),
    async close() {
      closeValkey(valkey)
      await redis.stop()
    },
  }
})
