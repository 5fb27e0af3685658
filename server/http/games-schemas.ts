import { z } from '@hono/zod-openapi'
import { GameRecord, RecordSignature } from './record-schemas.ts'

const Side = z.enum(['X', 'O']).openapi('Side')
const Instant = z.iso.datetime()
const Cell = z.enum(['X', 'O']).nullable().openapi('Cell', { description: 'Null: empty' })
const Row = z.tuple([Cell, Cell, Cell]).openapi('Row')
const Coordinate = z.int().min(0).max(2)

const GAME_ID = '3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13'
const ANA = { id: 'g_Zk3v9QmXw2', name: 'Quiet Otter 42', rating: null }

export const Level = z
  .literal([1, 2, 3])
  .openapi({ type: 'integer', enum: [1, 2, 3], description: 'Strength; 3 never loses', example: 2 })

const NewBotGame = z.object({ mode: z.literal('bot'), level: Level.default(1) }).openapi('NewBotGame')
const NewPrivateGame = z
  .object({
    mode: z.literal('private'),
    code: z.string().min(1).max(64).optional().openapi({
      description: "Absent: open an invite. Present: join with another player's code",
      example: '7Q2M4K9X',
    }),
  })
  .openapi('NewPrivateGame')
export const NewGame = z.discriminatedUnion('mode', [NewBotGame, NewPrivateGame]).openapi('NewGame')

export const NewMove = z
  .object({
    position: z
      .tuple([Coordinate, Coordinate])
      .openapi({ description: '[row, column], each 0..2, from the top left', example: [1, 1] }),
    ply: z.int().min(0).max(8).optional().openapi({
      description: 'Number of moves made before this one. With it a repeat is safe; absent: the current one',
      example: 0,
    }),
  })
  .openapi('NewMove', { example: { position: [1, 1], ply: 0 } })

export const Invite = z
  .object({
    code: z.string(),
    inviteUrl: z.string().openapi({ description: 'Path on this origin that opens the page with the code' }),
    expiresInSeconds: z.int().openapi({ description: 'At most: an invite that was open already is returned as it is' }),
  })
  .openapi('Invite', { example: { code: '7Q2M4K9X', inviteUrl: '/?invite=7Q2M4K9X', expiresInSeconds: 600 } })

const Move = z
  .object({
    player: Side,
    position: z.tuple([Coordinate, Coordinate]),
    ply: z.int().min(0).max(8),
    at: Instant,
  })
  .openapi('Move')
const Player = z
  .object({ id: z.string(), name: z.string(), rating: z.int().nullable(), symbol: Side })
  .openapi('Player')

export const Game = z
  .object({
    gameId: z.string(),
    board: z.tuple([Row, Row, Row]).openapi({ description: 'Rows from the top, cells from the left' }),
    currentPlayer: Side.nullable().openapi({ description: 'Whose move it is; null once over' }),
    status: z.enum(['active', 'completed', 'forfeited', 'aborted']),
    winner: Side.nullable(),
    reason: z.enum(['line', 'board_full', 'resign', 'timeout', 'lost']).nullable(),
    line: z.array(z.int().min(0).max(8)).length(3).nullable().openapi({ description: 'Winning cells, row-major' }),
    moves: z.array(Move).max(9),
    players: z.tuple([Player, Player]).openapi({ description: 'X first' }),
    mode: z.enum(['casual', 'ranked', 'bot', 'private']),
    version: z.int().min(1).openapi({ description: 'Counts durable changes: 1 is the opening' }),
    createdAt: Instant,
    deadline: Instant.nullable().openapi({ description: 'When the player to move forfeits' }),
    endedAt: Instant.nullable(),
  })
  .openapi('Game', {
    example: {
      gameId: GAME_ID,
      board: [
        [null, null, null],
        [null, 'X', null],
        [null, null, null],
      ],
      currentPlayer: 'O',
      status: 'active',
      winner: null,
      reason: null,
      line: null,
      moves: [{ player: 'X', position: [1, 1], ply: 0, at: '2026-01-31T12:00:04.250Z' }],
      players: [
        { ...ANA, symbol: 'X' },
        { id: 'bot-2', name: 'Bot 2', rating: null, symbol: 'O' },
      ],
      mode: 'bot',
      version: 2,
      createdAt: '2026-01-31T12:00:00.000Z',
      deadline: '2026-01-31T12:00:34.250Z',
      endedAt: null,
    },
  })

const Match = z
  .object({
    waitedMs: z.tuple([z.number(), z.number()]).openapi({ description: 'How long each player waited, X first' }),
    width: z.number().nullable().openapi({ description: 'Rating distance accepted when paired' }),
    distance: z.number(),
  })
  .openapi('MatchReason', { example: { waitedMs: [1200, 300], width: 80, distance: 12 } })

export const WatchedGame = Game.extend({
  match: Match.nullable().openapi({ description: 'Why these two were paired; null unless the queue paired them' }),
  record: GameRecord.nullable().openapi({
    description: 'Null until the finished game is stored, some seconds after its end',
  }),
  signature: RecordSignature.nullable(),
}).openapi('WatchedGame')

export const GameId = z.object({
  id: z
    .string()
    .min(1)
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'Opaque; names the game everywhere', example: GAME_ID }),
})
