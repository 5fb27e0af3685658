import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { Leaderboard, LeaderboardQuery } from './schemas.ts'

export const leaderboardRoute: DocumentedRoute = {
  method: 'get',
  path: '/leaderboard',
  operationId: 'readLeaderboard',
  tags: ['leaderboard'],
  summary: 'Players by rating, best first',
  description:
    'Public. About a minute behind the games. Ranks may move between two pages: somebody may then be on both, or on neither.',
  request: { query: LeaderboardQuery },
  responses: {
    200: { description: 'A page; whoever has finished a game that counts is on one', ...jsonContent(Leaderboard) },
    ...refusals('BAD_REQUEST', 'UNAVAILABLE', 'RATE_LIMITED'),
  },
}
