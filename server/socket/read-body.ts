import type { HttpResponse } from 'uWebSockets.js'

export type BodyOutcome =
  | { readonly type: 'complete'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** More than allowed; `drained`: all of it was read away, so the connection may go on. */
  | { readonly type: 'too_large'; readonly drained: boolean }
  | { readonly type: 'too_slow' }

/** Largest request body, in bytes. */
export const BODY_BYTES_MAX = 16 * 1024
/**
 * A longer body is read away up to here before it is refused: most clients send all of it before they look at the answer, and a
 * connection closed with unread bytes is reset, which loses the answer on its way.
 */
const DRAIN_BYTES_MAX = 1024 * 1024

/** Collects a request's body. `done` is called once, unless the peer goes away first. */
export function readBody(res: HttpResponse, done: (outcome: BodyOutcome) => void): void {
  const chunks: Uint8Array[] = []
  let received = 0
  let finished = false

  const finish = (outcome: BodyOutcome) => {
    finished = true
    done(outcome)
  }
  res.onData((chunk, isLast) => {
    if (finished) return
    received += chunk.byteLength
    if (received > BODY_BYTES_MAX) {
      chunks.length = 0
      if (isLast || received > DRAIN_BYTES_MAX) finish({ type: 'too_large', drained: isLast })
      return
    }
    // The library takes the chunk's memory back when this callback returns.
    if (chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)))
    if (isLast) finish({ type: 'complete', bytes: joined(chunks, received) })
  })
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.length
  }
  return all
}
