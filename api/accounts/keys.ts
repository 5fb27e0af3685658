import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { z } from 'zod'
import { err, ok, type Result } from '../../kit/result.ts'

const KEYS_MAX = 16

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

const keyFile = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        d: z.string(),
        x: z.string(),
        kid: z.string().min(1).max(64).optional(),
      }),
    )
    .min(1)
    .max(KEYS_MAX),
})

/** A fresh private JWKS with one key, as text of a keys file. */
export async function newKeysText(): Promise<string> {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JWK
  const kid = await calculateJwkThumbprint(jwk)
  return `${JSON.stringify({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] }, null, 2)}\n`
}

/** Reads the text of a keys file; the error says what is wrong, without any key. */
export async function parseKeys(text: string): Promise<Result<AuthKeys, string>> {
  const parsed = keyFile.safeParse(parseJson(text))
  if (!parsed.success) return err(`not a JWKS of 1..${KEYS_MAX} private Ed25519 keys`)
  const keys: AuthKey[] = []
  for (const { kid, d, x } of parsed.data.keys) {
    const key = await authKey(d, x, kid)
    if (key === null) return err(`key ${keys.length + 1} is not a pair of Ed25519 keys`)
    if (keys.some((other) => other.kid === key.kid)) return err(`key id ${key.kid} stands there twice`)
    keys.push(key)
  }
  return ok(keys as unknown as AuthKeys)
}

/** What `/.well-known/jwks.json` shows. */
export const publicJwks = (keys: AuthKeys): JSONWebKeySet => ({ keys: keys.map(({ publicJwk }) => publicJwk) })

async function authKey(d: string, x: string, givenKid: string | undefined): Promise<AuthKey | null> {
  const publicPart = { kty: 'OKP', crv: 'Ed25519', x }
  const keyObject = privateKeyObject({ ...publicPart, d })
  if (keyObject === null || createPublicKey(keyObject).export({ format: 'jwk' }).x !== x) return null
  const kid = givenKid ?? (await calculateJwkThumbprint(publicPart))
  const privateKey = (await importJWK({ ...publicPart, d }, 'EdDSA')) as CryptoKey
  const macKeys = Object.fromEntries(MAC_PURPOSES.map((purpose) => [purpose, macKey(d, purpose)]))
  return {
    kid,
    privateKey,
    publicJwk: { ...publicPart, kid, alg: 'EdDSA', use: 'sig' },
    mac: (purpose, message) => createHmac('sha256', macKeys[purpose]!).update(message).digest(),
  }
}

const macKey = (d: string, purpose: MacPurpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', `oxo ${purpose}`, 32))

function privateKeyObject(jwk: JWK): KeyObject | null {
  try {
    return createPrivateKey({ key: jwk as Record<string, string>, format: 'jwk' })
  } catch {
    return null
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
