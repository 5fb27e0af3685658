import { sign } from 'node:crypto'
import { z } from 'zod'
import type { Result } from '../kit/result.ts'
import type { RecordSignature } from '../protocol/record/types.ts'
import { type PrivateKey, parsePrivateJwks } from './private-jwks.ts'

/** Keys that sign records: the first one signs, all of them verify. */
export type RecordKeys = readonly [PrivateKey, ...PrivateKey[]]

const KEY_ID = /^[A-Za-z0-9_.-]{1,64}$/

/** Reads a private JWKS; the error says what is wrong, without any key. */
export const parseRecordKeys = (text: string): Result<RecordKeys, string> =>
  parsePrivateJwks(text, z.string().regex(KEY_ID))

export const signWith = ([key]: RecordKeys, bytes: Uint8Array): RecordSignature => ({
  keyId: key.published.kid,
  signature: sign(null, bytes, key.privateKey).toString('base64url'),
})
