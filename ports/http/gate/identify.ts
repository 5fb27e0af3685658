import type { VerifyToken } from '../../auth/identity.ts'
import { type Caller, type CredentialProblem, NOBODY } from './access.ts'
import { API_KEY, API_KEY_PREFIX, type FindKey } from './keys.ts'

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i

export interface IdentifyDeps {
  readonly verify: VerifyToken
  readonly findKey: FindKey
  /** Whether a key that nobody here remembers may be looked up for this address: a guesser must not reach the store at will. */
  readonly mayLookUp: (address: string) => boolean
}

/** Finds out whom the `Authorization` header of a request speaks for: at once where nothing has to be asked. */
export function createIdentify({ verify, findKey, mayLookUp }: IdentifyDeps) {
  /** By key: who shows one that is being looked up waits for that. At most as many as there are requests open. */
  const lookups = new Map<string, Promise<Caller>>()

  return (authorization: string | null, address: string): Caller | Promise<Caller> => {
    if (authorization === null) return NOBODY
    const token = BEARER.exec(authorization)?.[1]
    if (token === undefined) return unusable('malformed')
    if (token.startsWith(API_KEY_PREFIX)) return byKey(token, address)
    const known = verify.known?.(token) ?? null
    return known === null ? byToken(token) : { type: 'user', identity: known }
  }

  async function byToken(token: string): Promise<Caller> {
    const verified = await verify(token).catch(() => null)
    if (verified === null) return unusable('out_of_reach')
    return verified.ok ? { type: 'user', identity: verified.value } : unusable(verified.error)
  }

  function byKey(key: string, address: string): Caller | Promise<Caller> {
    if (!API_KEY.test(key)) return unusable('malformed')
    const known = findKey.known?.(key) ?? null
    if (known !== null) return { type: 'key', grant: known }
    const running = lookups.get(key)
    if (running !== undefined) return running
    if (!mayLookUp(address)) return unusable('out_of_reach')
    const lookup = lookUp(key, address).finally(() => lookups.delete(key))
    lookups.set(key, lookup)
    return lookup
  }

  async function lookUp(key: string, address: string): Promise<Caller> {
    try {
      const grant = await findKey(key, address)
      return grant === null ? unusable('invalid') : { type: 'key', grant }
    } catch {
      return unusable('out_of_reach')
    }
  }
}

const unusable = (problem: CredentialProblem): Caller => ({ type: 'anonymous', problem })
