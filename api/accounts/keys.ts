import { createHmac, hkdfSync } from 'node:crypto'
import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { z } from 'zod'
import { ok, type Result } from '../../kit/result.ts'
import { type PrivateKey, parsePrivateJwks } from '../../ports/private-jwks.ts'

/** One Ed25519 key with what is derived from it. */
export interface AuthKey {
  readonly kid: string
  /** Signs access tokens. */
  readonly privateKey: CryptoKey
  /** Public half, as published. */
  readonly publicJwk: JWK
  /** MAC with a key of its own for each purpose; never leaves the accounts service. */
  readonly mac: (purpose: MacPurpose, message: string) => Buffer
}

const MAC_PURPOSES = ['refresh token', 'sign-in', 'nonce'] as const
export type MacPurpose = (typeof MAC_PURPOSES)[number]

/** The first key signs; all of them verify, so that keys can be replaced while old tokens live. */
export type AuthKeys = readonly [AuthKey, ...AuthKey[]]

const keyId = z.string().min(1).max(64)

/** Reads the text of a keys file; the error says what is wrong, without any key. */
export async function parseKeys(text: string): Promise<Result<AuthKeys, string>> {
  const parsed = parsePrivateJwks(text, keyId)
  if (!parsed.ok) return parsed
  const [first, ...others] = parsed.value
  return ok([await authKey(first), ...(await Promise.all(others.map(authKey)))])
}

/** What `/.well-known/jwks.json` shows. */
export const publicJwks = (keys: AuthKeys): JSONWebKeySet => ({ keys: keys.map(({ publicJwk }) => publicJwk) })

async function authKey({ d, published }: PrivateKey): Promise<AuthKey> {
  const macKeys = Object.fromEntries(MAC_PURPOSES.map((purpose) => [purpose, macKey(d, purpose)]))
  return {
    kid: published.kid,
    privateKey: (await importJWK({ ...published, d }, 'EdDSA')) as CryptoKey,
    publicJwk: published,
    mac: (purpose, message) => createHmac('sha256', macKeys[purpose]!).update(message).digest(),
  }
}

const macKey = (d: string, purpose: MacPurpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', `oxo ${purpose}`, 32))
