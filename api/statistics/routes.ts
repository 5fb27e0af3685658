import { z } from '@hono/zod-openapi'
import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'

const UserStats = z
  .object({
    userId: z.string().openapi({ example: 'kVqH3W1pT5aYk2b0dE8xQg' }),
    gamesPlayed: z.int().openapi({ description: 'Without games against bots and annulled ones' }),
    gamesWon: z.int(),
    gamesLost: z.int(),
    gamesDrawn: z.int(),
    winRate: z.number().nullable().openapi({ description: 'Percent of the games played; null: none', example: 62.5 }),
    currentStreak: z.int().openapi({ description: 'Wins in a row; a loss or a draw ends them' }),
    bestStreak: z.int(),
    totalPlaytimeMs: z.int(),
    rating: z.int().openapi({ description: 'Glicko-2; ranked games alone change it', example: 1500 }),
    ratingDeviation: z.int().openapi({ description: 'How uncertain the rating is: 350 new, some 60 settled' }),
    ratedAt: z.iso.datetime().nullable().openapi({ description: 'End of the last ranked game; null: none' }),
  })
  .openapi('UserStats')
export type UserStats = z.infer<typeof UserStats>

export const statsRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/{userId}/stats',
  operationId: 'readUserStats',
  tags: ['statistics'],
  summary: "A player's statistics and rating",
  description: 'Some seconds behind the games: they are counted after they are safe.',
  request: { params: z.object({ userId: z.string() }) },
  responses: {
    200: { description: 'All zero before the first game that counts', ...jsonContent(UserStats) },
    ...refusals('NOT_FOUND', 'UNAVAILABLE', 'RATE_LIMITED'),
  },
}
