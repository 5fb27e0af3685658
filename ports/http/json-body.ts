import { err, ok, type Result } from '../../kit/result.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'

/** Bytes of a request body that any of our REST paths reads. */
export const BODY_BYTES_MAX = 16 * 1024

/** The JSON of a request whatever its content type says; `undefined` when the body is empty. Reads at most one chunk too many. */
export async function readJson(request: Request): Promise<Result<unknown, Refusal>> {
  const bytes = await boundedBytes(request)
  if (bytes === null) return err(refusal('BAD_REQUEST', `the body is over ${BODY_BYTES_MAX} bytes`))
  if (bytes.byteLength === 0) return ok(undefined)
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return err(refusal('BAD_REQUEST', 'the body is not JSON'))
  }
}

async function boundedBytes(request: Request): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length')) > BODY_BYTES_MAX) return null
  const reader = request.body?.getReader()
  if (reader === undefined) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let length = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.byteLength
    if (length > BODY_BYTES_MAX) {
      await reader.cancel()
      return null
    }
    chunks.push(next.value)
  }
  return Buffer.concat(chunks, length)
}
