import type { RecordSignature } from '../protocol/record/types.ts'

/** An Ed25519 key as it is published (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** 32 bytes, base64url. */
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** Who vouches for finished games: Ed25519 keys, of which one signs and all verify. */
export interface Signer {
  /** Signs with the current key. The same bytes under the same key give the same signature. @throws StoreUnavailable when the keys are away */
  sign(bytes: Uint8Array): Promise<RecordSignature>
  /** Every key whose signatures count, the signing one first. @throws StoreUnavailable when the keys are away */
  publicKeys(): Promise<readonly PublicKey[]>
}
