import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { Sha256 } from './chain.ts'
import type { RecordChecks } from './verify.ts'

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer')

/** Checks with Ed25519 keys: `x` is the public key of 32 bytes as base64url. @throws when one is no such key */
export function checksWith(keys: readonly { readonly kid: string; readonly x: string }[]): RecordChecks {
  const known = new Map(keys.map(({ kid, x }) => [kid, ed25519Key(x)]))
  return {
    sha256,
    verify(keyId, bytes, signature) {
      const key = known.get(keyId)
      return key === undefined ? null : verify(null, bytes, key, Buffer.from(signature, 'base64url'))
    },
  }
}

const ed25519Key = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
