import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { History, HistoryParams, HistoryQuery, RecordKeys } from './schemas.ts'

export const historyRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/{userId}/games',
  operationId: 'readHistory',
  tags: ['history'],
  summary: "A player's finished games, newest first",
  description:
    'Public. Some seconds behind the games: they are shown when they are safe. `GET /games/{id}` shows one whole, with its signed record.',
  request: { params: HistoryParams, query: HistoryQuery },
  responses: {
    200: { description: 'A page; empty for who has finished no game', ...jsonContent(History) },
    ...refusals('BAD_REQUEST', 'NOT_FOUND', 'UNAVAILABLE'),
  },
}

export const recordKeysRoute: DocumentedRoute = {
  method: 'get',
  path: '/.well-known/oxo-keys',
  operationId: 'readRecordKeys',
  tags: ['history'],
  summary: 'Public keys that verify records of finished games',
  responses: {
    200: { description: 'A JWK set, the key that signs now first', ...jsonContent(RecordKeys) },
    ...refusals('UNAVAILABLE'),
  },
}
