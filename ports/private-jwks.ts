import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../kit/json.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { PublicKey } from './signer.ts'

/** One Ed25519 key of a private JWKS. */
export interface PrivateKey {
  /** The private half, base64url. */
  readonly d: string
  readonly privateKey: KeyObject
  readonly published: PublicKey
}

const KEYS_MAX = 16

/** A fresh private JWKS of one key, as text of a keys file. */
export function newKeysText(): string {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, d, kid: thumbprint(x!), alg: 'EdDSA', use: 'sig' }
  return `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`
}

/** Reads a private JWKS whose key ids have the form `kid`; the error says what is wrong, without any key. */
export function parsePrivateJwks(
  text: string,
  kid: z.ZodType<string>,
): Result<readonly [PrivateKey, ...PrivateKey[]], string> {
  const parsed = jwksOf(kid).safeParse(parseJson(text))
  if (!parsed.success) return err(`not a JWKS of 1..${KEYS_MAX} private Ed25519 keys`)
  const keys: PrivateKey[] = []
  for (const { d, x, kid = thumbprint(x) } of parsed.data.keys) {
    const privateKey = keyPair(d, x)
    if (privateKey === null) return err(`key ${keys.length + 1} is not a pair of Ed25519 keys`)
    if (keys.some(({ published }) => published.kid === kid)) return err(`key id ${kid} stands there twice`)
    keys.push({ d, privateKey, published: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } })
  }
  const [first, ...others] = keys
  return ok([first!, ...others])
}

const jwksOf = (kid: z.ZodType<string>) =>
  z.object({
    keys: z
      .array(
        z.object({
          kty: z.literal('OKP'),
          crv: z.literal('Ed25519'),
          d: z.string(),
          x: z.string(),
          kid: kid.optional(),
        }),
      )
      .min(1)
      .max(KEYS_MAX),
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
