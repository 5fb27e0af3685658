/** Bytes to messages and back, for both ends of a socket. See PROTOCOL.md; no Node module is needed. */
export { type DecodeFailure, decodeClient } from './decode-client.ts'
export { decodeServer } from './decode-server.ts'
export { encodeClient } from './encode-client.ts'
export { type BriefMessage, encodeBrief, encodeServer, stateFrames } from './encode-server.ts'
