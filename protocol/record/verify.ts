import { err, ok, type Result } from '../../kit/result.ts'
import { endingHash, headerHash, hex, plyHash, type Sha256, signedBytes, unhex } from './chain.ts'
import { courseFault, type RecordFault } from './course.ts'
import { parseSignedRecord, type SignedRecord } from './parse.ts'
import type { GameRecord, RecordSignature } from './types.ts'

/** Cryptography as parameters: the browser has another than Node. */
export interface RecordChecks {
  readonly sha256: Sha256
  /** Null: no such key is known. */
  verify(keyId: string, bytes: Uint8Array, signature: string): boolean | null
}

/**
 * Whether `{record, signature}` is what one of our keys signed and the rules allow. Otherwise the first place that was tampered with: the
 * header, a ply, the ending or the signature (or the key, when it is unknown). A chain that was computed anew throughout is found by its signature alone, or by the rules.
 */
export function verifyRecord(document: unknown, checks: RecordChecks): Result<SignedRecord, RecordFault> {
  const parsed = parseSignedRecord(document)
  if (!parsed.ok) return parsed
  const { record, signature } = parsed.value
  const fault = chainFault(record, checks.sha256) ?? courseFault(record) ?? signatureFault(record, signature, checks)
  return fault === null ? ok(parsed.value) : err(fault)
}

/** Each hash is compared with what follows from the one written before it, so that a fault is found where it is and not further on. */
function chainFault(record: GameRecord, sha256: Sha256): RecordFault | null {
  if (hex(headerHash(record, sha256)) !== record.headerHash)
    return { place: 'header', why: 'it is not what was hashed' }
  let before = unhex(record.headerHash)
  for (const [ply, { cell, atMs, hash }] of record.plies.entries()) {
    if (hex(plyHash(before, ply, cell, atMs, sha256)) !== hash) {
      return { place: 'ply', ply, why: 'it is not what was hashed, or does not follow the ply before' }
    }
    before = unhex(hash)
  }
  if (hex(endingHash(before, record.ending, sha256)) === record.hash) return null
  return { place: 'ending', why: 'it is not what was hashed, or does not follow the last ply' }
}

function signatureFault(record: GameRecord, signature: RecordSignature, checks: RecordChecks): RecordFault | null {
  const good = checks.verify(signature.keyId, signedBytes(record.hash), signature.signature)
  if (good === null) return { place: 'key', why: `${signature.keyId} is none of those given` }
  return good ? null : { place: 'signature', why: 'it does not sign this record' }
}
