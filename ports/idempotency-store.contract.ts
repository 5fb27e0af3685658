import { describe, expect, test } from 'vitest'
import { ANSWER_LENGTH_MAX, type IdempotencyStore } from './idempotency-store.ts'

const HOUR_MS = 3_600_000

/** What every IdempotencyStore promises. `newStore` gives an empty one. */
export function idempotencyStoreContract(name: string, newStore: () => Promise<IdempotencyStore>): void {
  describe(`${name} as IdempotencyStore`, () => {
    test('[P4] the first to come runs, others hear so, and then its answer', async () => {
      const store = await newStore()
      const [first, ...others] = await Promise.all(['a', 'b', 'c'].map((run) => store.begin('k', run)))
      expect(first).toEqual({ type: 'fresh' })
      expect(others).toEqual([{ type: 'running' }, { type: 'running' }])
      await store.finish('k', 'a', 'answer', HOUR_MS)
      expect(await store.begin('k', 'd')).toEqual({ type: 'done', answer: 'answer' })
      expect(await store.begin('other', 'd')).toEqual({ type: 'fresh' })
    })

    test('[P4] an abandoned key is free again', async () => {
      const store = await newStore()
      await store.begin('k', 'a')
      await store.abandon('k', 'a')
      expect(await store.begin('k', 'b')).toEqual({ type: 'fresh' })
    })

    test('[P4] nobody ends what another one began', async () => {
      const store = await newStore()
      await store.begin('k', 'a')
      await store.abandon('k', 'b')
      await store.finish('k', 'b', 'forged', HOUR_MS)
      expect(await store.begin('k', 'c')).toEqual({ type: 'running' })
      await store.finish('k', 'a', 'answer', HOUR_MS)
      await store.abandon('k', 'a')
      await store.finish('k', 'a', 'another', HOUR_MS)
      expect(await store.begin('k', 'c')).toEqual({ type: 'done', answer: 'answer' })
    })

    test('[bounded] an answer that is too long frees its key', async () => {
      const store = await newStore()
      await store.begin('k', 'a')
      await store.finish('k', 'a', 'x'.repeat(ANSWER_LENGTH_MAX + 1), HOUR_MS)
      expect(await store.begin('k', 'b')).toEqual({ type: 'fresh' })
    })
  })
}
