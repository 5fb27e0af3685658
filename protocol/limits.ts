import { assert } from '../kit/assert.ts'

// Every number of PROTOCOL.md, once. Names end in their unit; a name without one is a count.

/** Longest frame that a client may send, in bytes; one more closes the socket with 1009. */
export const CLIENT_FRAME_BYTES_MAX = 1_024
/** Longest frame that a server sends, in bytes. */
export const SERVER_FRAME_BYTES_MAX = 4_096
/** Tags are integers 0..TAG_MAX: one byte on the wire. */
export const TAG_MAX = 127
/** Longest gameId or code, in bytes of UTF-8; the shortest is one byte. */
export const OPAQUE_BYTES_MAX = 64

/** Between the server's WebSocket pings. */
export const PING_INTERVAL_MS = 30_000
/** A socket closes (4408) after this long without a pong. */
export const PONG_TIMEOUT_MS = 60_000
/** A socket outside a game closes (4408) after this long without a client frame. */
export const IDLE_TIMEOUT_MS = 600_000

/** Frames a second of one socket at which RATE_LIMITED begins. */
export const FRAMES_PER_SECOND = 20
/** Over this many times `FRAMES_PER_SECOND` is a flood: close 4429. */
export const FLOOD_FACTOR = 4
/** A client closed by 4429 comes back after this long. */
export const FLOOD_RETRY_MS = 30_000
/** More unsent bytes than this make a slow consumer: close 4413. */
export const UNSENT_BYTES_MAX = 65_536
/** Sockets of one user on one server; one more closes the oldest with 4409. */
export const SOCKETS_PER_USER_MAX = 4

/** First delay of a reconnecting client, at most (full jitter). */
export const RECONNECT_FIRST_DELAY_MS = 500
/** Where the doubling of reconnect delays ends. */
export const RECONNECT_DELAY_MAX_MS = 30_000

/** An open invite's life. */
export const INVITE_TTL_MS = 600_000
/** A rematch offer's life. */
export const OFFER_TTL_MS = 60_000
/** An absent player finds queue place, game and unseen result again for this long (P5). */
export const ABSENT_TTL_MS = 300_000
/** A game may be watched for at least this long after its end. */
export const WATCH_AFTER_END_MS = 300_000

/** QUEUE first comes within this long after OK. */
export const QUEUE_FIRST_MS = 1_000
/** QUEUE then comes at least this often. */
export const QUEUE_INTERVAL_MS = 5_000
/** WATCHERS comes at most this often for one game. */
export const WATCHERS_INTERVAL_MS = 1_000

/** A game is playable again this long after its server died (P6). */
export const TAKEOVER_MS_MAX = 5_000
/** What the player to move has left after a takeover, at least, or the turn time if shorter (P6). */
export const TURN_AFTER_TAKEOVER_MS_MIN = 10_000

/** Cells of the board, row-major from the top left. */
export const CELLS = 9
/** `board` is the sum of mark * 3^cell: always below this. */
export const BOARD_CODES = 3 ** CELLS
/** Fixed quick-chat phrases, numbered from 0. */
export const PHRASES = 16
/** Bots are of level 1..BOT_LEVELS. */
export const BOT_LEVELS = 3
/** Level of the bot when FIND names none. */
export const BOT_LEVEL_DEFAULT = 1
/** Characters of an invite code. */
export const INVITE_CODE_LENGTH = 8

assert(PONG_TIMEOUT_MS >= 2 * PING_INTERVAL_MS, 'one lost ping must not close a socket')
assert(IDLE_TIMEOUT_MS > PONG_TIMEOUT_MS, 'a dead socket must close before an idle one')
assert(UNSENT_BYTES_MAX >= 8 * SERVER_FRAME_BYTES_MAX, 'a burst of large frames must not make a slow consumer')
assert(SERVER_FRAME_BYTES_MAX > CLIENT_FRAME_BYTES_MAX, 'what a client says must fit in what a server answers')
assert(RECONNECT_FIRST_DELAY_MS <= RECONNECT_DELAY_MAX_MS, 'delays grow')
assert(ABSENT_TTL_MS > 4 * RECONNECT_DELAY_MAX_MS, 'a client in back-off must come back in time')
assert(ABSENT_TTL_MS > FLOOD_RETRY_MS + RECONNECT_DELAY_MAX_MS, 'a client sent away for a flood must come back in time')
assert(WATCH_AFTER_END_MS >= ABSENT_TTL_MS, 'a player who comes back in time must still see how the game ended')
assert(INVITE_TTL_MS > OFFER_TTL_MS, 'a link travels to somebody else; an offer is answered by who is there')
assert(QUEUE_FIRST_MS <= QUEUE_INTERVAL_MS, 'the first news of a queue comes soonest')
assert(TURN_AFTER_TAKEOVER_MS_MIN > TAKEOVER_MS_MAX, 'a takeover must not eat the turn')
assert(BOARD_CODES === 19_683, 'nine cells of three marks')
