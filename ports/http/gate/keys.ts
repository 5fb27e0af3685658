import { hash } from 'node:crypto'
import type { Clock } from '../../../kit/clock.ts'
import type { KeyGrant } from './access.ts'

/** API keys travel where tokens do, so that proxies and logs already treat them as secrets; the prefix tells them apart. */
export const API_KEY_PREFIX = 'oxo_'
/** Whatever else begins with the prefix is no key, and nobody is asked about it. */
export const API_KEY = /^oxo_[A-Za-z0-9_-]{43}$/

/** By what a key is stored and found, in hex; see `ApiKeyStore`. */
export const secretHash = (key: string): string => hash('sha256', key, 'hex')

/** Whom a presented API key stands for; null: it is not good. Rejects when keys cannot be looked up. */
export interface FindKey {
  /** @param address of who shows it */
  (key: string, address: string): Promise<KeyGrant | null>
  /** The same at once, if it is remembered. */
  known?(key: string): KeyGrant | null
}

/** Nobody has a key. */
export const noKeys: FindKey = async () => null

/** How long a good key is taken without asking again, ms: so long does a removed one live on. */
export const REMEMBERED_MS = 10_000
const REMEMBERED_MAX = 10_000

interface Remembered {
  readonly grant: KeyGrant
  readonly untilMs: number
}

/** Remembers good keys, by their hash. Bad ones are asked about each time: strangers can make up as many as they like. */
export function rememberKeys(find: FindKey, clock: Clock): FindKey {
  /** Oldest first. */
  const remembered = new Map<string, Remembered>()

  function known(key: string): KeyGrant | null {
    const found = remembered.get(secretHash(key))
    return found !== undefined && clock.monotonic() < found.untilMs ? found.grant : null
  }

  async function findKey(key: string, address: string): Promise<KeyGrant | null> {
    const grant = known(key) ?? (await find(key, address))
    if (grant === null) return null
    const hashed = secretHash(key)
    if ((remembered.get(hashed)?.untilMs ?? 0) > clock.monotonic()) return grant
    remembered.delete(hashed)
    remembered.set(hashed, { grant, untilMs: clock.monotonic() + REMEMBERED_MS })
    if (remembered.size > REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!)
    return grant
  }

  return Object.assign(findKey, { known })
}
