import { type ApiKey, type ApiKeyStore, KEYS_MAX } from '../api-key-store.ts'

/** Keys of this process alone; they end with it. */
export function memoryApiKeyStore(): ApiKeyStore {
  const byHash = new Map<string, ApiKey>()
  const drop = (goes: (key: ApiKey) => boolean): boolean => {
    const gone = [...byHash].filter(([, key]) => goes(key))
    for (const [hash] of gone) byHash.delete(hash)
    return gone.length > 0
  }

  return {
    async add(key, secretHash, nowMs) {
      drop(({ userId, expiresAtMs }) => userId === key.userId && expiresAtMs <= nowMs)
      if ([...byHash.values()].filter(({ userId }) => userId === key.userId).length >= KEYS_MAX) return false
      byHash.set(secretHash, key)
      return true
    },
    list: async (userId) =>
      [...byHash.values()].filter((key) => key.userId === userId).sort((a, b) => a.createdAtMs - b.createdAtMs),
    async find(secretHash, nowMs) {
      const key = byHash.get(secretHash)
      return key !== undefined && nowMs < key.expiresAtMs ? key : null
    },
    remove: async (userId, keyId) => drop((key) => key.userId === userId && key.keyId === keyId),
    async removeAll(userId) {
      drop((key) => key.userId === userId)
    },
  }
}
