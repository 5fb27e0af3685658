import { hash } from 'node:crypto'
import type { Identity } from './identity.ts'

/** Tokens remembered: more than the players of one node, so that a storm of reconnects is verified once. */
const TOKENS_MAX = 20_000

export interface TokenCache {
  /** The token's identity if it was found good before; it may have expired since. */
  get(jwt: string): Identity | null
  add(jwt: string, identity: Identity): void
}

/** Good tokens by hash, the least lately used dropped first. A verdict stays right until the token expires: nothing takes a token back. */
export function tokenCache(tokensMax = TOKENS_MAX): TokenCache {
  const identities = new Map<string, Identity>()

  function touch(key: string, identity: Identity): void {
    identities.delete(key)
    identities.set(key, identity)
  }

  return {
    get(jwt) {
      const key = keyOf(jwt)
      const identity = identities.get(key)
      if (identity === undefined) return null
      touch(key, identity)
      return identity
    },
    add(jwt, identity) {
      touch(keyOf(jwt), identity)
      const [oldest] = identities.keys()
      if (identities.size > tokensMax && oldest !== undefined) identities.delete(oldest)
    },
  }
}

/** The cache must not be a store of tokens. */
const keyOf = (jwt: string): string => hash('sha256', jwt, 'base64')
