import { newKeysText } from '../private-jwks.ts'
import { parseRecordKeys, signWith } from '../record-keys.ts'
import type { Signer } from '../signer.ts'

/** One fresh key of this process alone: nobody can verify what it signed after its end. */
export function memorySigner(): Signer {
  const keys = parseRecordKeys(newKeysText())
  if (!keys.ok) throw new Error(keys.error)
  return {
    sign: async (bytes) => signWith(keys.value, bytes),
    publicKeys: async () => keys.value.map(({ published }) => published),
  }
}
