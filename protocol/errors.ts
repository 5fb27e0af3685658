/**
 * Every refusal that a player can meet: what a code means over HTTP, and what the client does next.
 * One code means one thing on the socket and over REST; see PROTOCOL.md, "Error codes".
 */
export const errors = {
  UNAUTHENTICATED: { httpStatus: 401, clientShould: 'sign in again' },
  FORBIDDEN: { httpStatus: 403, clientShould: 'stop' },
  NOT_FOUND: { httpStatus: 404, clientShould: 'forget the game or code' },
  INVALID_MOVE: { httpStatus: 422, clientShould: 'choose another cell' },
  NOT_YOUR_TURN: { httpStatus: 409, clientShould: 'wait for its turn' },
  STALE: { httpStatus: 409, clientShould: 'watch again' },
  GAME_OVER: { httpStatus: 409, clientShould: 'watch again' },
  ALREADY_PLAYING: { httpStatus: 409, clientShould: 'go to the game in details' },
  ALREADY_QUEUED: { httpStatus: 409, clientShould: 'take it as success after a repeat' },
  NOT_QUEUED: { httpStatus: 409, clientShould: 'take it as success after a repeat' },
  BAD_REQUEST: { httpStatus: 400, clientShould: 'fix the client' },
  UNKNOWN_TYPE: { httpStatus: 400, clientShould: 'expect an older server' },
  RATE_LIMITED: { httpStatus: 429, clientShould: 'wait retryAfterMs' },
  UNAVAILABLE: { httpStatus: 503, clientShould: 'wait retryAfterMs, then repeat' },
} as const satisfies Record<string, { httpStatus: number; clientShould: string }>

export type ErrorCode = keyof typeof errors

/** Facts beside a code: `{version, board}`, `{gameId}` or `{retryAfterMs}`, as PROTOCOL.md says for each code. */
export type ErrorDetails = { readonly [key: string]: number | string }

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: ErrorDetails
}

export const refusal = (code: ErrorCode, message: string, details?: ErrorDetails): Refusal =>
  details === undefined ? { code, message } : { code, message, details }

/** Why a socket is closed; PROTOCOL.md says for each whether to reconnect. */
export const CloseCode = {
  goingAway: 1001,
  textFrame: 1003,
  tooLarge: 1009,
  serverFault: 1011,
  malformed: 4400,
  tokenExpired: 4401,
  idle: 4408,
  replaced: 4409,
  slowConsumer: 4413,
  flood: 4429,
} as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]
