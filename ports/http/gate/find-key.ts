import { z } from 'zod'
import type { Clock } from '../../../kit/clock.ts'
import { isUserId } from '../../../protocol/ids.ts'
import type { ApiKeyStore } from '../../api-key-store.ts'
import { hopHeaders } from '../hop.ts'
import { type KeyGrant, SCOPES } from './access.ts'
import { type FindKey, rememberKeys, secretHash } from './keys.ts'

/** Looks keys up where they are stored. */
export const storedKeys = (store: Pick<ApiKeyStore, 'find'>, clock: Clock): FindKey =>
  rememberKeys(async (key) => {
    const found = await store.find(secretHash(key), clock.now())
    return found === null ? null : { keyId: found.keyId, userId: found.userId, scopes: found.scopes }
  }, clock)

const TIMEOUT_MS = 2_000
const Self = z.object({
  keyId: z.string(),
  userId: z.string().refine(isUserId),
  scopes: z.array(z.enum(SCOPES).or(z.string())),
})

/** Asks the `api` processes, which have the store: for servers, which have none. */
export const remoteKeys = (apiUrl: string, forwardSecret: string | null, clock: Clock): FindKey =>
  rememberKeys(async (key, address): Promise<KeyGrant | null> => {
    const answer = await fetch(new URL('/keys/self', apiUrl), {
      headers: { authorization: `Bearer ${key}`, ...hopHeaders(address, forwardSecret) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (answer.status === 401) return null
    if (!answer.ok) throw new Error(`keys cannot be looked up: ${answer.status}`)
    const { keyId, userId, scopes } = Self.parse(await answer.json())
    // Scopes of a newer release mean nothing here.
    return { keyId, userId, scopes: SCOPES.filter((scope) => scopes.includes(scope)) }
  }, clock)
