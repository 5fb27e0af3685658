import fc from 'fast-check'
import { type ErrorCode, errors } from './errors.ts'
import type { GameId, UserId } from './ids.ts'
import { BOARD_CODES, CELLS, PHRASES } from './limits.ts'
import type { ClientMessage, GameView, PlayerView, ServerMessage, WelcomeInfo } from './messages.ts'
import { utf8Length } from './utf8.ts'

// Any message of either direction, for property tests. For tests: no process imports this file.

const word = <T extends string>(...words: T[]) => fc.constantFrom(...words)
const text = (bytes: number) =>
  fc.string({ unit: 'grapheme', maxLength: bytes }).filter((value) => utf8Length(value) <= bytes)
const opaque = fc.oneof(
  fc.uuid(),
  text(64).filter((value) => value !== ''),
)
const gameId = opaque as fc.Arbitrary<GameId>
const userId = opaque as fc.Arbitrary<UserId>
/** Every width of integers, and the edges between them. */
const upTo = (max: number) =>
  fc.oneof(
    fc.maxSafeNat().map((value) => value % (max + 1)),
    fc
      .constantFrom(0, 31, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, max)
      .filter((v) => v <= max),
  )
const rid = upTo(0xffff_ffff)
const natural = upTo(Number.MAX_SAFE_INTEGER)
const safe = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, Number.MIN_SAFE_INTEGER),
)
const seat = fc.constantFrom(0 as const, 1 as const)
const cell = fc.nat(CELLS - 1)
const phrase = fc.nat(PHRASES - 1)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const is = <T extends string>(type: T) => fc.constant(type)
const line = orNull(fc.tuple(cell, cell, cell))
const status = word('active', 'completed', 'forfeited', 'aborted')
const reason = word('line', 'board_full', 'resign', 'timeout', 'lost')

export const clientMessages: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({ type: is('find'), rid, mode: word('casual', 'ranked') }),
  fc.record({ type: is('find'), rid, mode: is('bot'), level: fc.constantFrom(1 as const, 2 as const, 3 as const) }),
  fc.record({ type: word('cancel', 'invite'), rid }),
  fc.record({ type: word('watch', 'unwatch', 'resign', 'rematch'), rid, gameId: opaque }),
  fc.record({ type: is('move'), rid, gameId: opaque, ply: rid, cell }),
  fc.record({ type: is('accept'), rid, code: opaque }),
  fc.record({ type: is('ping'), clientTime: safe }),
  fc.record({ type: is('auth'), rid, jwt: text(1_000) }),
  fc.record({ type: is('say'), rid, gameId: opaque, phrase }),
)

const player: fc.Arbitrary<PlayerView> = fc.record({
  id: userId,
  name: text(40),
  rating: orNull(safe),
  connected: fc.boolean(),
})

const game: fc.Arbitrary<GameView> = fc.record({
  mode: word('casual', 'ranked', 'bot', 'private'),
  players: fc.tuple(player, player),
  moves: fc.array(cell, { maxLength: 9 }),
  turn: orNull(seat),
  status,
  reason: orNull(reason),
  winner: orNull(seat),
  line,
  deadline: orNull(safe),
  createdAt: safe,
  you: orNull(seat),
})

const info: fc.Arbitrary<WelcomeInfo> = fc.record({
  name: text(40),
  games: fc.array(gameId, { maxLength: 20 }),
  queue: orNull(word('casual', 'ranked')),
  protocol: fc.constant(1 as const),
  server: text(40),
  level: word('full', 'limited', 'emergency', 'maintenance'),
  durability: word('process', 'disk', 'replicated', 'sync'),
})

const details = fc.dictionary(
  text(20).filter((key) => key !== '__proto__'),
  fc.oneof(
    safe,
    fc.double({ noNaN: true }).filter((v) => !Object.is(v, -0)),
    text(40),
  ),
  { maxKeys: 20, noNullPrototype: true },
)

export const serverMessages: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({ type: is('welcome'), userId, serverTime: safe, info }),
  fc.record({ type: is('ok'), rid, value: text(64) }, { requiredKeys: ['type', 'rid'] }),
  fc.record(
    {
      type: is('error'),
      rid: orNull(rid),
      code: word(...(Object.keys(errors) as ErrorCode[])),
      message: text(200),
      details,
    },
    { requiredKeys: ['type', 'rid', 'code', 'message'] },
  ),
  fc.record({ type: is('state'), gameId, version: natural, game }),
  fc.record({
    type: is('moved'),
    gameId,
    version: natural,
    ply: natural,
    cell,
    board: upTo(BOARD_CODES - 1),
    deadline: orNull(safe),
  }),
  fc.record({ type: is('ended'), gameId, version: natural, status, reason, winner: orNull(seat), line }),
  fc.record({ type: is('presence'), gameId, seat, connected: fc.boolean() }),
  fc.record({
    type: is('queue'),
    mode: word('casual', 'ranked'),
    waitedMs: natural,
    width: orNull(fc.double({ min: 0, max: 1e6, noNaN: true })),
    online: natural,
    botOffered: fc.boolean(),
  }),
  fc.record({ type: is('goodbye'), reason: word('draining', 'cut_off', 'maintenance'), retryAfterMs: natural }),
  fc.record({ type: is('offer'), gameId, seat }),
  fc.record({ type: is('pong'), clientTime: safe, serverTime: safe }),
  fc.record({ type: is('said'), gameId, seat: orNull(seat), phrase }),
  fc.record({ type: is('rated'), gameId, ratings: fc.tuple(fc.tuple(safe, safe), fc.tuple(safe, safe)) }),
  fc.record({ type: is('watchers'), gameId, count: natural }),
  fc.record({ type: is('undone'), gameId, version: natural }),
)
