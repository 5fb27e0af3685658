import { randomBytes } from 'node:crypto'
import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Handshake {
  /** 101: a socket was opened. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** What a refusal says, parsed; null after 101. */
  readonly body: {
    readonly error: { readonly code: string; readonly requestId: string; readonly details?: unknown }
  } | null
  /** The open connection after 101. */
  readonly socket: Duplex | null
}

export interface HandshakeOptions {
  readonly path?: string
  /** Overrides those of PROTOCOL.md's example; undefined: leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly agent?: Agent
}

/** Headers that make it a plain GET. */
export const NO_UPGRADE = {
  connection: undefined,
  upgrade: undefined,
  'sec-websocket-version': undefined,
  'sec-websocket-key': undefined,
  'sec-websocket-protocol': undefined,
}

/** One opening handshake, header by header; no WebSocket library in between. */
export function handshake(
  url: string,
  { path = '/v1/play', headers = {}, agent }: HandshakeOptions,
): Promise<Handshake> {
  const all: Record<string, string | undefined> = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': 'oxo.v1',
    ...headers,
  }
  const given = Object.fromEntries(
    Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined),
  )
  return new Promise((resolve, reject) => {
    // Host and path apart: parsed as one URL, `..` would be gone from the path.
    const { hostname, port } = new URL(url)
    const sent = request({ hostname, port, path, headers: given, agent: agent ?? false })
    sent.on('upgrade', ({ headers: answered }, socket) =>
      resolve({ status: 101, headers: answered, body: null, socket }),
    )
    sent.on('response', async (response) => {
      try {
        const body = JSON.parse(Buffer.concat(await response.toArray()).toString())
        resolve({ status: response.statusCode!, headers: response.headers, body, socket: null })
      } catch (error) {
        reject(error)
      }
    })
    sent.on('error', reject)
    sent.end()
  })
}
