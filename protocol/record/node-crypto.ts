import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { Sha256 } from './chain.ts'

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer')

/** An Ed25519 public key of 32 bytes as base64url; null: it is none. */
export function ed25519Key(x: string): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return null
  }
}

export const verifyEd25519 = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify(null, bytes, key, signature)
