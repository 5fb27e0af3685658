import type { UserId } from '../protocol/ids.ts'
import type { Scope } from './http/gate/access.ts'

/** Live keys of one user. */
export const KEYS_MAX = 10

/** What is kept of a key besides the hash of its secret: the secret itself is nowhere. */
export interface ApiKey {
  readonly keyId: string
  readonly userId: UserId
  /** What its owner calls it. */
  readonly name: string
  /** How the secret begins, so that its owner can tell keys apart. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
  /** ms since the Unix epoch. */
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/**
 * API keys by the SHA-256 of their secrets. No slow hash and no salt: a secret is 256 random bits, so there is nothing to guess, and it is
 * looked up with each request. Each call is atomic and durable when it resolves. @throws StoreUnavailable when the store is down or too slow.
 */
export interface ApiKeyStore {
  /** False: the user has KEYS_MAX keys that have not expired. Expired ones of the user go. */
  add(key: ApiKey, secretHash: string, nowMs: number): Promise<boolean>
  /** Oldest first, expired ones too. */
  list(userId: UserId): Promise<readonly ApiKey[]>
  /** Null: no such key, or it has expired. */
  find(secretHash: string, nowMs: number): Promise<ApiKey | null>
  /** False: the user has no such key. */
  remove(userId: UserId, keyId: string): Promise<boolean>
  removeAll(userId: UserId): Promise<void>
}
