import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { Game, GameId, Invite, NewGame, NewMove, WatchedGame } from './games-schemas.ts'

const tags = ['games']
const security = [{ accessToken: [] }]
const game = (description: string) => ({ description, ...jsonContent(Game) })

export const createGameRoute: DocumentedRoute = {
  method: 'post',
  path: '/games',
  operationId: 'createGame',
  tags,
  summary: 'Start a game against a bot, open an invite, or join one',
  description:
    'A player has one game at a time. Repeating a request with the same `Idempotency-Key` answers with the same game. Games against people who wait are made by FIND on the socket.',
  security,
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Names this request, so that a repeat makes no second game: 1 to 64 printable ASCII characters',
      schema: { type: 'string', minLength: 1, maxLength: 64 },
      example: '0b7c0f5e-6a5e-4f0e-9f0a-2f8f6f1f9d11',
    },
  ],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: NewGame,
          examples: {
            bot: { summary: 'Play a bot', value: { mode: 'bot', level: 2 } },
            invite: { summary: 'Open an invite', value: { mode: 'private' } },
            join: { summary: 'Join with a code', value: { mode: 'private', code: '7Q2M4K9X' } },
          },
        },
      },
    },
  },
  responses: {
    201: {
      description: 'The game, or the invite when a private game was asked for without a code',
      headers: { location: { description: 'Path of the game; absent for an invite', schema: { type: 'string' } } },
      content: { 'application/json': { schema: Game.or(Invite) } },
    },
    ...refusals(
      'BAD_REQUEST',
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'NOT_FOUND',
      'ALREADY_PLAYING',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ),
  },
}

export const readGameRoute: DocumentedRoute = {
  method: 'get',
  path: '/games/{id}',
  operationId: 'readGame',
  tags,
  summary: 'Read a game',
  description:
    'Whoever holds a game id may read it. A finished game comes with its signed record, which anybody can verify offline: `protocol/RECORDS.md` says how. `/games/{id}/live` is the same game as a WebSocket.',
  request: { params: GameId },
  responses: {
    200: { description: 'The game', ...jsonContent(WatchedGame) },
    ...refusals('BAD_REQUEST', 'NOT_FOUND', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
}

export const moveRoute: DocumentedRoute = {
  method: 'put',
  path: '/games/{id}/moves',
  operationId: 'playMove',
  tags,
  summary: 'Play a move',
  description:
    'Answered when the move is as safe as `durability` in /health says. The same move again is answered alike.',
  security,
  request: { params: GameId, body: { required: true, ...jsonContent(NewMove) } },
  responses: {
    200: game('The game after the move; against a bot, with its answer if that was quick'),
    ...refusals(
      'BAD_REQUEST',
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'NOT_FOUND',
      'NOT_YOUR_TURN',
      'STALE',
      'GAME_OVER',
      'INVALID_MOVE',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ),
  },
}

export const forfeitRoute: DocumentedRoute = {
  method: 'delete',
  path: '/games/{id}',
  operationId: 'forfeitGame',
  tags,
  summary: 'Forfeit a game',
  security,
  request: { params: GameId },
  responses: {
    200: game('The game, lost'),
    ...refusals('BAD_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'GAME_OVER', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
}
