import type { ErrorCode } from '../protocol/errors.ts'

/** What the player asked for when it was refused. */
export type Ask =
  | 'find'
  | 'cancel'
  | 'bot'
  | 'invite'
  | 'accept'
  | 'watch'
  | 'move'
  | 'resign'
  | 'rematch'
  | 'say'
  | 'signOut'

const byCode: Record<ErrorCode, string> = {
  UNAUTHENTICATED: 'Your session has ended. Reload the page to start a new one.',
  FORBIDDEN: 'You cannot do that in this game.',
  NOT_FOUND: 'That game is no longer here.',
  INVALID_MOVE: 'That cell is taken. Choose another one.',
  NOT_YOUR_TURN: 'Wait for your turn.',
  STALE: 'The board has changed meanwhile. Have another look.',
  GAME_OVER: 'This game is over.',
  ALREADY_PLAYING: 'You already have a game. Here it is.',
  ALREADY_QUEUED: 'You are already waiting for an opponent.',
  NOT_QUEUED: 'You are not waiting for an opponent any more.',
  BAD_REQUEST: 'That did not work: this page may be out of date. Reload it.',
  UNKNOWN_TYPE: 'The server does not know this yet. Try again in a few minutes.',
  RATE_LIMITED: 'That was a little fast. Wait a moment and try again.',
  UNAVAILABLE: 'The server cannot do that right now. Try again in a moment.',
}

const byAsk: Partial<Record<Ask, Partial<Record<ErrorCode, string>>>> = {
  accept: {
    FORBIDDEN: 'This invite is your own. Send the link to a friend.',
    NOT_FOUND: 'This invite was used already or has expired. Ask for a new link.',
  },
  rematch: {
    FORBIDDEN: 'A rematch is not possible here.',
    NOT_FOUND: 'It is too late for a rematch of this game.',
    ALREADY_PLAYING: 'One of you has begun another game.',
  },
}

/** A refusal in plain words: what is the matter and what to do. */
export const refusalText = (ask: Ask, code: ErrorCode): string => byAsk[ask]?.[code] ?? byCode[code]

export const NO_CONNECTION = 'No connection to the server. Your game is kept; we go on trying.'
