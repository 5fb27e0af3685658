import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import { type ApiKey, type ApiKeyStore, KEYS_MAX } from './api-key-store.ts'

const ana = 'ana' as UserId
const bo = 'bo' as UserId
const keyOf = (n: number, overrides: Partial<ApiKey> = {}): ApiKey => ({
  keyId: `key-${n}`,
  userId: ana,
  name: `Board ${n}`,
  prefix: `oxo_${n}`,
  scopes: ['games:read', 'stats:read'],
  createdAtMs: 1_000 + n,
  expiresAtMs: 100_000,
  ...overrides,
})
const hashOf = (n: number): string => n.toString(16).padStart(64, '0')

/** What every ApiKeyStore promises. `newStore` gives an empty one. */
export function apiKeyStoreContract(name: string, newStore: () => Promise<ApiKeyStore>): void {
  describe(`${name} as ApiKeyStore`, () => {
    test('[keys] a key is found by the hash of its secret, and by nothing else', async () => {
      const store = await newStore()
      expect(await store.add(keyOf(1), hashOf(1), 2_000)).toBe(true)
      expect(await store.find(hashOf(1), 2_000)).toEqual(keyOf(1))
      expect(await store.find(hashOf(2), 2_000)).toBeNull()
      expect(await store.find('key-1', 2_000)).toBeNull()
    })

    test('[keys] a key ends at its end', async () => {
      const store = await newStore()
      await store.add(keyOf(1), hashOf(1), 2_000)
      expect(await store.find(hashOf(1), 99_999)).not.toBeNull()
      expect(await store.find(hashOf(1), 100_000)).toBeNull()
      expect(await store.list(ana)).toEqual([keyOf(1)])
    })

    test('[keys] a user sees and removes own keys only', async () => {
      const store = await newStore()
      await store.add(keyOf(1), hashOf(1), 2_000)
      await store.add(keyOf(2), hashOf(2), 2_000)
      await store.add(keyOf(3, { userId: bo }), hashOf(3), 2_000)
      expect(await store.list(ana)).toEqual([keyOf(1), keyOf(2)])
      expect(await store.remove(bo, 'key-1')).toBe(false)
      expect(await store.find(hashOf(1), 2_000)).not.toBeNull()
      expect(await store.remove(ana, 'key-1')).toBe(true)
      expect(await store.remove(ana, 'key-1')).toBe(false)
      expect(await store.find(hashOf(1), 2_000)).toBeNull()
      await store.removeAll(ana)
      expect(await store.list(ana)).toEqual([])
      expect(await store.list(bo)).toHaveLength(1)
    })

    test('[bounded] a user has ten keys at most, however many are asked for at once; expired ones make room', async () => {
      const store = await newStore()
      const asked = Array.from({ length: KEYS_MAX + 5 }, (_, n) => store.add(keyOf(n), hashOf(n), 2_000))
      expect((await Promise.all(asked)).filter((added) => added)).toHaveLength(KEYS_MAX)
      expect(await store.add(keyOf(50, { userId: bo }), hashOf(50), 2_000), 'others have their own').toBe(true)
      expect(await store.add(keyOf(60), hashOf(60), 99_999)).toBe(false)
      expect(await store.add(keyOf(60, { expiresAtMs: 200_000 }), hashOf(60), 100_000)).toBe(true)
      expect(await store.list(ana)).toHaveLength(1)
    })
  })
}
