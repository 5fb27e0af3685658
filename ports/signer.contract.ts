import { describe, expect, test } from 'vitest'
import { checksWith } from '../protocol/record/node-crypto.ts'
import type { Signer } from './signer.ts'

const bytes = Uint8Array.of(1, 2, 3)

/** What every Signer promises. `newSigner` gives one with keys of its own. */
export function signerContract(name: string, newSigner: () => Promise<Signer>): void {
  describe(`${name} as Signer`, () => {
    test('[signer] what it signs verifies under the key that it names, and other bytes do not', async () => {
      const signer = await newSigner()
      const { keyId, signature } = await signer.sign(bytes)
      const [first] = await signer.publicKeys()
      expect(first).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: keyId, alg: 'EdDSA', use: 'sig' })
      const { verify } = checksWith([first!])
      expect(Buffer.from(signature, 'base64url')).toHaveLength(64)
      expect(verify(keyId, bytes, signature)).toBe(true)
      expect(verify(keyId, Uint8Array.of(1, 2, 4), signature)).toBe(false)
    })

    test('[signer] the same bytes have the same signature, many at once too', async () => {
      const signer = await newSigner()
      const once = await signer.sign(bytes)
      expect(await Promise.all(Array.from({ length: 20 }, () => signer.sign(bytes)))).toEqual(Array(20).fill(once))
    })

    test('[signer] nothing of the private key is published, and two signers have two keys', async () => {
      const [one, other] = await Promise.all([(await newSigner()).publicKeys(), (await newSigner()).publicKeys()])
      for (const key of one) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
      expect(one[0]!.kid).not.toBe(other[0]!.kid)
    })
  })
}
