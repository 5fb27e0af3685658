import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import { err, ok, type Result } from '../kit/result.ts'
import type { RecordSignature } from '../protocol/record/types.ts'
import type { PublicKey } from './signer.ts'

const KEYS_MAX = 16
const KEY_ID = /^[A-Za-z0-9_.-]{1,64}$/

/** One Ed25519 key that signs records. */
export interface RecordKey {
  readonly privateKey: KeyObject
  readonly published: PublicKey
}

/** The first one signs, all of them verify. */
export type RecordKeys = readonly [RecordKey, ...RecordKey[]]

const keysText = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        d: z.string(),
        x: z.string(),
        kid: z.string().regex(KEY_ID).optional(),
      }),
    )
    .min(1)
    .max(KEYS_MAX),
})

/** A fresh private JWKS of one key. */
export function newRecordKeysText(): string {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, d, kid: thumbprint(x!), alg: 'EdDSA', use: 'sig' }
  return `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`
}

/** Reads a private JWKS; the error says what is wrong, without any key. */
export function parseRecordKeys(text: string): Result<RecordKeys, string> {
  const parsed = keysText.safeParse(parseJson(text))
  if (!parsed.success) return err(`not a JWKS of 1..${KEYS_MAX} private Ed25519 keys`)
  const keys: RecordKey[] = []
  for (const { d, x, kid = thumbprint(x) } of parsed.data.keys) {
    const privateKey = keyPair(d, x)
    if (privateKey === null) return err(`key ${keys.length + 1} is not a pair of Ed25519 keys`)
    if (keys.some(({ published }) => published.kid === kid)) return err(`key id ${kid} stands there twice`)
    keys.push({ privateKey, published: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } })
  }
  return ok(keys as unknown as RecordKeys)
}

export const signWith = ([key]: RecordKeys, bytes: Uint8Array): RecordSignature => ({
  keyId: key.published.kid,
  signature: sign(null, bytes, key.privateKey).toString('base64url'),
})

/** RFC 7638 of an Ed25519 key. */
const thumbprint = (x: string): string =>
  createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')

/** Null unless the private key has this public half. */
function keyPair(d: string, x: string): KeyObject | null {
  try {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
    // The given public half is taken as it is, so it is compared with what the private one gives.
    const derived = createPrivateKey({
      key: key.export({ format: 'der', type: 'pkcs8' }),
      format: 'der',
      type: 'pkcs8',
    })
    return derived.export({ format: 'jwk' }).x === x ? key : null
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
