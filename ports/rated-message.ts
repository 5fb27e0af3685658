import type { GameId } from '../protocol/ids.ts'
import type { ServerMessage } from '../protocol/messages.ts'

/** By seat: whole ratings before and after. */
export type ShownRatings = Extract<ServerMessage, { type: 'rated' }>['ratings']

/** Games were rated: servers tell the sockets that watch them. It goes to every server; what is lost is not sent again. */
export interface RatedMessage {
  readonly type: 'rated'
  readonly games: readonly (readonly [gameId: GameId, ratings: ShownRatings])[]
}

/** Games of one message at most: some 50 kB. */
export const RATED_GAMES_MAX = 500

/** Version of the form of this message, as of all bus messages. */
const SCHEMA = 1

export const encodeRated = (message: RatedMessage): string => JSON.stringify([SCHEMA, message])
