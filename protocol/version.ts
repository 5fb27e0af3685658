/** The major version: WELCOME says it, and `SUBPROTOCOL` names it. Another one is another endpoint, not another field. */
export const PROTOCOL_VERSION = 1
/** The WebSocket subprotocol that a client offers and the server selects. */
export const SUBPROTOCOL = 'oxo.v1'
/** A browser's second subprotocol item is this and the access token. */
export const BEARER_PREFIX = 'bearer.'
/** Path of the socket on every server. */
export const PLAY_PATH = '/v1/play'

/**
 * Every version of the wire, oldest first, append only; PROTOCOL.md, "Version history", tells the same in words.
 * `shapes` is SHA-256 (hex) of `wireShapes()`: a test fails when the shapes change and no entry is added.
 */
export const WIRE_HISTORY = [
  { version: '1.0', shapes: '5973ca2cbf7cb438d63a436c4e0913d039ff74dbb1ce0153caed81dfd6a46bda' },
] as const satisfies readonly {
  version: `${number}.${number}`
  shapes: string
}[]
