import type { VerifyToken } from '../../auth/identity.ts'
import { type Caller, type CredentialProblem, type KeyGrant, NOBODY } from './access.ts'

/** Whom a presented API key stands for; null: it is not good. Rejects when keys cannot be looked up. */
export type FindKey = (key: string) => Promise<KeyGrant | null>

/** API keys travel where tokens do, so that proxies and logs already treat them as secrets; the prefix tells them apart. */
export const API_KEY_PREFIX = 'oxo_'
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i

/** Finds out whom the `Authorization` header of a request speaks for: at once where nothing has to be asked. */
export function createIdentify(verify: VerifyToken, findKey: FindKey) {
  return (authorization: string | null): Caller | Promise<Caller> => {
    if (authorization === null) return NOBODY
    const token = BEARER.exec(authorization)?.[1]
    if (token === undefined) return unusable('malformed')
    if (token.startsWith(API_KEY_PREFIX)) return byKey(token)
    const known = verify.known?.(token) ?? null
    return known === null ? byToken(token) : { type: 'user', identity: known }
  }

  async function byToken(token: string): Promise<Caller> {
    const verified = await verify(token).catch(() => null)
    if (verified === null) return unusable('out_of_reach')
    return verified.ok ? { type: 'user', identity: verified.value } : unusable(verified.error)
  }

  async function byKey(key: string): Promise<Caller> {
    try {
      const grant = await findKey(key)
      return grant === null ? unusable('invalid') : { type: 'key', grant }
    } catch {
      return unusable('out_of_reach')
    }
  }
}

const unusable = (problem: CredentialProblem): Caller => ({ type: 'anonymous', problem })
