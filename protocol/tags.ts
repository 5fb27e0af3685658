import type { ClientMessage, ServerMessage } from './messages.ts'

/** First element of a client's frame. Append only: a retired tag is never used again. */
export const clientTags = {
  find: 1,
  cancel: 2,
  watch: 3,
  unwatch: 4,
  move: 5,
  resign: 6,
  rematch: 7,
  invite: 8,
  accept: 9,
  ping: 10,
  auth: 11,
  say: 12,
} as const satisfies Record<ClientMessage['type'], number>

/** First element of a server's frame. Append only, and never a client's tag, so that a frame tells its direction. */
export const serverTags = {
  welcome: 64,
  ok: 65,
  error: 66,
  state: 67,
  moved: 68,
  ended: 69,
  presence: 70,
  queue: 71,
  goodbye: 72,
  offer: 73,
  pong: 74,
  said: 75,
  rated: 76,
  watchers: 77,
  undone: 78,
} as const satisfies Record<ServerMessage['type'], number>
