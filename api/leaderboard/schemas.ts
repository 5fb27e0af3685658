import { z } from '@hono/zod-openapi'
import { RANKINGS_LIMIT_MAX } from '../../ports/rankings.ts'

const LEADERBOARD_LIMIT = 20

export const LeaderboardQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(RANKINGS_LIMIT_MAX)
    .default(LEADERBOARD_LIMIT)
    .openapi({ description: 'Players of one page at most' }),
  cursor: z
    .string()
    .regex(/^\d{1,10}$/, 'none of the leaderboard')
    .optional()
    .openapi({ description: '`cursor` of the page before; absent: the first page' }),
})

const LeaderboardEntry = z
  .object({
    rank: z.int().min(1).openapi({ description: 'By rating, then games won. Gaps are players who left a moment ago' }),
    userId: z.string().openapi({ example: 'kVqH3W1pT5aYk2b0dE8xQg' }),
    name: z.string(),
    username: z.string().nullable(),
    gamesPlayed: z.int().min(1),
    gamesWon: z.int(),
    winRate: z.number().openapi({ description: 'Percent of the games played', example: 62.5 }),
    currentStreak: z.int().openapi({ description: 'Wins in a row; a loss or a draw ends them' }),
    bestStreak: z.int(),
    rating: z.int().openapi({ example: 1500 }),
  })
  .openapi('LeaderboardEntry')

export const Leaderboard = z
  .object({
    players: z.array(LeaderboardEntry),
    cursor: z.string().nullable().openapi({ description: 'Where the next page begins; null: this was the last one' }),
  })
  .openapi('Leaderboard')
export type Leaderboard = z.infer<typeof Leaderboard>
