import { createPrivateKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Json = Readonly<Record<string, unknown>>

/** Header and claims of a JWT. */
export interface Token {
  readonly header: Json
  readonly claims: Json
}

export function parts(token: string): Token {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header!) as Json, claims: JSON.parse(claims!) as Json }
}

/** The key with which the server of this DATA_DIR signs. */
export async function signingKey(dataDir: string): Promise<KeyObject> {
  const { keys } = JSON.parse(await readFile(join(dataDir, 'auth-keys.json'), 'utf8')) as { keys: JsonWebKey[] }
  return createPrivateKey({ key: keys[0]!, format: 'jwk' })
}

/** `signer` null: without a signature. */
export function mint({ header, claims }: Token, signer: ((text: string) => Buffer) | null): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${signer === null ? '' : signer(text).toString('base64url')}`
}

export const ed25519 =
  (key: KeyObject) =>
  (text: string): Buffer =>
    sign(null, Buffer.from(text), key)
