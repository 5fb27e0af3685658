import { z } from '@hono/zod-openapi'
import type { FinishedGame } from '../../ports/finished-game.ts'
import { HISTORY_LIMIT_MAX } from '../../ports/game-store.ts'
import type { UserId } from '../../protocol/ids.ts'

const HISTORY_LIMIT = 20
const CURSOR_LENGTH_MAX = 512

export const HistoryParams = z.object({ userId: z.string().openapi({ example: 'kVqH3W1pT5aYk2b0dE8xQg' }) })

export const HistoryQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(HISTORY_LIMIT_MAX)
    .default(HISTORY_LIMIT)
    .openapi({ description: 'Games of one page at most' }),
  cursor: z
    .string()
    .max(CURSOR_LENGTH_MAX)
    .optional()
    .openapi({ description: '`cursor` of the page before; absent: the first page' }),
})

const Side = z.enum(['X', 'O'])
const PlayedGame = z
  .object({
    gameId: z.string().openapi({ example: '3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13' }),
    mode: z.enum(['casual', 'ranked', 'bot', 'private']),
    players: z
      .tuple([playedBy(), playedBy()])
      .openapi({ description: 'X first; names and ratings as they were when the game began' }),
    you: Side.openapi({ description: 'The seat of the player whose history this is' }),
    status: z.enum(['completed', 'forfeited', 'aborted']),
    reason: z.enum(['line', 'board_full', 'resign', 'timeout', 'lost']),
    winner: Side.nullable(),
    moves: z.array(z.int().min(0).max(8)).max(9).openapi({ description: 'Cells 0..8, row-major, in the order played' }),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
  })
  .openapi('PlayedGame')
type PlayedGame = z.infer<typeof PlayedGame>

export const History = z
  .object({
    games: z.array(PlayedGame),
    cursor: z.string().nullable().openapi({ description: 'Where the next page begins; null: this was the last one' }),
  })
  .openapi('History')

export const RecordKeys = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
      }),
    ),
  })
  .openapi('RecordKeys')

export function playedGame(userId: UserId, { gameId, room }: FinishedGame): PlayedGame {
  const { mode, players, status, reason, winner, moves, createdAtMs, endedAtMs } = room
  return {
    gameId,
    mode,
    players: [shown(players[0], 'X'), shown(players[1], 'O')],
    you: players[0].id === userId ? 'X' : 'O',
    status: status as PlayedGame['status'],
    reason: reason as PlayedGame['reason'],
    winner: winner === null ? null : winner === 0 ? 'X' : 'O',
    moves: [...moves],
    createdAt: new Date(createdAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
  }
}

const shown = ({ id, name, rating }: FinishedGame['room']['players'][0], symbol: 'X' | 'O') => ({
  id,
  name,
  rating,
  symbol,
})

function playedBy() {
  return z.object({ id: z.string(), name: z.string(), rating: z.int().nullable(), symbol: z.enum(['X', 'O']) })
}
