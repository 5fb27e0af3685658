import { generateKeyPairSync, sign } from 'node:crypto'
import type { PublicKey, Signer } from '../signer.ts'

/** One fresh key of this process alone: nobody can verify what it signed after its end. */
export function memorySigner(keyId = 'memory'): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  const published: PublicKey = { kty: 'OKP', crv: 'Ed25519', x: x!, kid: keyId, alg: 'EdDSA', use: 'sig' }
  return {
    sign: async (bytes) => ({ keyId, signature: sign(null, bytes, privateKey).toString('base64url') }),
    publicKeys: async () => [published],
  }
}
