import type { GameId, UserId } from '../ids.ts'
import type { ClientMessage, GameView, PlayerView, ServerMessage } from '../messages.ts'

/** A message with a name that says what is special about it. */
export interface Sample<M> {
  readonly name: string
  readonly message: M
}

/** One game runs through all samples: these ids appear in PROTOCOL.md too. */
export const GAME = '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05' as GameId
const NEXT_GAME = '5b1f09c2-0e94-8b7f-a3d1-6c52f0918e3b' as GameId
const ANA = 'u_ana' as UserId
const BO = 'u_bo' as UserId
const OPENED = 1_790_000_000_000
const TURN_MS = 30_000

const player = (id: UserId, name: string, rating: number | null, connected = true): PlayerView => ({
  id,
  name,
  rating,
  connected,
})

const opening: GameView = {
  mode: 'casual',
  players: [player(ANA, 'Ana', null), player(BO, 'Bo', null)],
  moves: [],
  turn: 0,
  status: 'active',
  reason: null,
  winner: null,
  line: null,
  deadline: OPENED + TURN_MS,
  createdAt: OPENED,
  you: 0,
}
const rated: GameView = {
  ...opening,
  mode: 'ranked',
  players: [player(ANA, 'Ana', 1_512), player(BO, 'Zoë 🎲', 1_488, false)],
}
const over = { turn: null, deadline: null } as const

const sample = <M>(name: string, message: M): Sample<M> => ({ name, message })

export const clientSamples: readonly Sample<ClientMessage>[] = [
  sample('FIND casual', { type: 'find', rid: 1, mode: 'casual' }),
  sample('FIND ranked', { type: 'find', rid: 128, mode: 'ranked' }),
  sample('FIND bot of level 3', { type: 'find', rid: 2, mode: 'bot', level: 3 }),
  sample('CANCEL', { type: 'cancel', rid: 3 }),
  sample('WATCH', { type: 'watch', rid: 4, gameId: GAME }),
  sample('WATCH of an id that is not ours', { type: 'watch', rid: 255, gameId: 'zoë' }),
  sample('WATCH of a one-byte id', { type: 'watch', rid: 256, gameId: 'g' }),
  sample('WATCH of a 64-byte id', { type: 'watch', rid: 65_535, gameId: 'g'.repeat(64) }),
  sample('UNWATCH', { type: 'unwatch', rid: 5, gameId: GAME }),
  sample('MOVE', { type: 'move', rid: 6, gameId: GAME, ply: 0, cell: 4 }),
  sample('MOVE with the largest rid', { type: 'move', rid: 0xffff_ffff, gameId: GAME, ply: 8, cell: 8 }),
  sample('MOVE with a rid of two bytes', { type: 'move', rid: 65_536, gameId: GAME, ply: 1, cell: 0 }),
  sample('MOVE with a ply that no game reaches', { type: 'move', rid: 0, gameId: GAME, ply: 0xffff_ffff, cell: 0 }),
  sample('RESIGN', { type: 'resign', rid: 7, gameId: GAME }),
  sample('REMATCH', { type: 'rematch', rid: 8, gameId: GAME }),
  sample('INVITE', { type: 'invite', rid: 9 }),
  sample('ACCEPT', { type: 'accept', rid: 10, code: 'K7Q2M9XD' }),
  sample('ACCEPT of a code in lower case', { type: 'accept', rid: 11, code: 'k7q2m9xd' }),
  sample('PING', { type: 'ping', clientTime: OPENED }),
  sample('PING at zero', { type: 'ping', clientTime: 0 }),
  sample('PING from before 1970', { type: 'ping', clientTime: -OPENED }),
  sample('AUTH', { type: 'auth', rid: 12, jwt: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1X2FuYSJ9.c2lnbmF0dXJl' }),
  sample('SAY', { type: 'say', rid: 13, gameId: GAME, phrase: 15 }),
]

export const serverSamples: readonly Sample<ServerMessage>[] = [
  sample('WELCOME', {
    type: 'welcome',
    userId: ANA,
    serverTime: OPENED,
    info: {
      name: 'Ana',
      games: [],
      queue: null,
      protocol: 1,
      server: 'n1',
      level: 'full',
      durability: 'disk',
    },
  }),
  sample('WELCOME back to a game and a queue', {
    type: 'welcome',
    userId: ANA,
    serverTime: OPENED + 1,
    info: {
      name: 'Ana',
      games: [GAME, NEXT_GAME],
      queue: 'ranked',
      protocol: 1,
      server: 'n2',
      level: 'limited',
      durability: 'sync',
    },
  }),
  sample('OK', { type: 'ok', rid: 6 }),
  sample('OK with a code', { type: 'ok', rid: 9, value: 'K7Q2M9XD' }),
  sample('OK with a game', { type: 'ok', rid: 70_000, value: NEXT_GAME }),
  sample('ERROR', { type: 'error', rid: 10, code: 'NOT_FOUND', message: 'no such code' }),
  sample('ERROR of no request', {
    type: 'error',
    rid: null,
    code: 'BAD_REQUEST',
    message: 'MOVE: rid is missing or wrong',
  }),
  sample('ERROR with a board', {
    type: 'error',
    rid: 6,
    code: 'INVALID_MOVE',
    message: 'cell 4 is taken',
    details: { version: 2, board: 81 },
  }),
  sample('ERROR with a game', {
    type: 'error',
    rid: 1,
    code: 'ALREADY_PLAYING',
    message: 'one game at a time',
    details: { gameId: GAME },
  }),
  sample('ERROR with a delay', {
    type: 'error',
    rid: 6,
    code: 'UNAVAILABLE',
    message: 'the outcome is unknown: repeat',
    details: { retryAfterMs: 2_000 },
  }),
  sample('STATE of an opening', { type: 'state', gameId: GAME, version: 1, game: opening }),
  sample('STATE in the middle, for a spectator', {
    type: 'state',
    gameId: GAME,
    version: 4,
    game: { ...rated, moves: [4, 0, 8], turn: 1, deadline: OPENED + 2 * TURN_MS, you: null },
  }),
  sample('STATE of a win', {
    type: 'state',
    gameId: GAME,
    version: 7,
    game: {
      ...opening,
      ...over,
      moves: [4, 0, 2, 1, 6],
      status: 'completed',
      reason: 'line',
      winner: 0,
      line: [2, 4, 6],
      you: 1,
    },
  }),
  sample('STATE of an annulled game', {
    type: 'state',
    gameId: GAME,
    version: 3,
    game: { ...rated, ...over, moves: [4], status: 'aborted', reason: 'lost' },
  }),
  sample('MOVED', { type: 'moved', gameId: GAME, version: 2, ply: 0, cell: 4, board: 81, deadline: OPENED + TURN_MS }),
  sample('MOVED, the last one', {
    type: 'moved',
    gameId: GAME,
    version: 10,
    ply: 8,
    cell: 8,
    board: 10_897,
    deadline: null,
  }),
  sample('ENDED by a line', {
    type: 'ended',
    gameId: GAME,
    version: 7,
    status: 'completed',
    reason: 'line',
    winner: 0,
    line: [2, 4, 6],
  }),
  sample('ENDED in a draw', {
    type: 'ended',
    gameId: GAME,
    version: 11,
    status: 'completed',
    reason: 'board_full',
    winner: null,
    line: null,
  }),
  sample('ENDED by timeout', {
    type: 'ended',
    gameId: GAME,
    version: 3,
    status: 'forfeited',
    reason: 'timeout',
    winner: 0,
    line: null,
  }),
  sample('PRESENCE', { type: 'presence', gameId: GAME, seat: 1, connected: false }),
  sample('QUEUE casual', { type: 'queue', mode: 'casual', waitedMs: 0, width: null, online: 2, botOffered: false }),
  sample('QUEUE ranked', { type: 'queue', mode: 'ranked', waitedMs: 5_000, width: 175, online: 812, botOffered: true }),
  sample('GOODBYE', { type: 'goodbye', reason: 'draining', retryAfterMs: 1_250 }),
  sample('OFFER', { type: 'offer', gameId: GAME, seat: 1 }),
  sample('PONG', { type: 'pong', clientTime: OPENED, serverTime: OPENED + 7 }),
  sample('SAID', { type: 'said', gameId: GAME, seat: 0, phrase: 0 }),
  sample('SAID by a spectator', { type: 'said', gameId: GAME, seat: null, phrase: 15 }),
  sample('RATED', {
    type: 'rated',
    gameId: GAME,
    ratings: [
      [1_512, 1_524],
      [1_488, 1_476],
    ],
  }),
  sample('WATCHERS', { type: 'watchers', gameId: GAME, count: 300 }),
  sample('UNDONE', { type: 'undone', gameId: GAME, version: 2 }),
]
