import { decode } from '@msgpack/msgpack'
import { encodeClient, encodeServer } from '../codec.ts'
import { acceptedSamples } from './accepted.ts'
import { hexOf } from './hex.ts'
import { malformedSamples } from './malformed.ts'
import { recordVectors } from './records.ts'
import { clientSamples, serverSamples } from './samples.ts'

/** A message as a JSON array and as the bytes that an encoder of ours writes. */
export interface Vector {
  readonly name: string
  readonly direction: 'client' | 'server'
  readonly json: unknown
  readonly hex: string
}

export const clientVectors: readonly Vector[] = clientSamples.map(({ name, message }) =>
  vector(name, 'client', encodeClient(message)),
)
export const serverVectors: readonly Vector[] = serverSamples.map(({ name, message }) =>
  vector(name, 'server', encodeServer(message)),
)

/** Name and content of every vector file. */
export const vectorFiles: Readonly<Record<string, string>> = {
  'client.json': lines(clientVectors),
  'server.json': lines(serverVectors),
  'accepted.json': lines(acceptedSamples),
  'malformed.json': lines(malformedSamples),
  'records.json': lines(recordVectors),
}

/** `json` comes from an independent decoder, so that a vector is more than our codec agreeing with itself. */
function vector(name: string, direction: Vector['direction'], bytes: Uint8Array): Vector {
  return { name, direction, json: decode(bytes), hex: hexOf(bytes) }
}

/** A vector a line, so that a change shows as one. */
function lines(vectors: readonly object[]): string {
  return `[\n${vectors.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`
}
