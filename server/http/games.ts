import type { OpenAPIHono } from '@hono/zod-openapi'
import { seedView } from '../../game/seed-view.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import { identityOf } from '../../ports/http/gate/passage.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { parseGameIdText } from '../../protocol/ids.ts'
import { INVITE_TTL_MS } from '../../protocol/limits.ts'
import { createGameRoute, forfeitRoute, moveRoute, readGameRoute } from './games-routes.ts'
import { NewGame, NewMove } from './games-schemas.ts'
import type { GameSnapshot, GamesService } from './games-service.ts'
import { type ReadGameDeps, readGame } from './read-game.ts'
import { readJson } from './read-json.ts'
import type { Refuse } from './refuse.ts'
import type { HttpContext, HttpEnv } from './types.ts'

export interface GamesDeps extends ReadGameDeps {
  readonly games: GamesService
}

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,64}$/
const BAD_KEY = refusal('BAD_REQUEST', 'Idempotency-Key has 1 to 64 printable ASCII characters')
const BAD_GAME_ID = refusal('BAD_REQUEST', 'a game id has 1 to 64 bytes')

/** The games of one player over REST: what a socket asks, one request at a time. */
export function serveGames(app: OpenAPIHono<HttpEnv>, deps: GamesDeps, refuse: Refuse): void {
  const { games } = deps
  gated(app, 'signedIn', createGameRoute, async (c) => {
    const key = idempotencyKey(c)
    if (!key.ok) return refuse(c, key.error)
    const body = await readJson(c, NewGame)
    if (!body.ok) return refuse(c, body.error)
    const wanted = body.value
    const user = identityOf(c)
    if (wanted.mode === 'bot') return created(c, await games.createBotGame(user, wanted.level, key.value))
    if (wanted.code !== undefined) return created(c, await games.accept(user, wanted.code))
    const invite = await games.invite(user)
    if (!invite.ok) return refuse(c, invite.error)
    const inviteUrl = `/?invite=${encodeURIComponent(invite.value)}`
    return c.json({ code: invite.value, inviteUrl, expiresInSeconds: INVITE_TTL_MS / 1000 }, 201)
  })

  gated(app, 'anonymous', readGameRoute, async (c) => {
    const gameId = gameIdOf(c)
    if (!gameId.ok) return refuse(c, gameId.error)
    const found = await readGame(deps, gameId.value)
    if (!found.ok) return refuse(c, found.error)
    const { room, match, proof } = found.value
    const { record, signature } = proof ?? { record: null, signature: null }
    return c.json({ ...seedView(found.value.gameId, room), match, record, signature })
  })

  gated(app, 'signedIn', moveRoute, async (c) => {
    const gameId = gameIdOf(c)
    if (!gameId.ok) return refuse(c, gameId.error)
    const body = await readJson(c, NewMove)
    if (!body.ok) return refuse(c, body.error)
    const { position, ply } = body.value
    const [row, column] = position
    return answered(c, await games.move(identityOf(c), gameId.value, ply ?? null, 3 * row + column))
  })

  gated(app, 'signedIn', forfeitRoute, async (c) => {
    const gameId = gameIdOf(c)
    if (!gameId.ok) return refuse(c, gameId.error)
    return answered(c, await games.resign(identityOf(c), gameId.value))
  })

  function answered(c: HttpContext, result: Result<GameSnapshot, Refusal>): Response {
    return result.ok ? c.json(seedView(result.value.gameId, result.value.room)) : refuse(c, result.error)
  }
  function created(c: HttpContext, result: Result<GameSnapshot, Refusal>): Response {
    if (!result.ok) return refuse(c, result.error)
    const { gameId, room } = result.value
    return c.json(seedView(gameId, room), 201, { location: `/games/${gameId}` })
  }
}

function gameIdOf(c: HttpContext): Result<string, Refusal> {
  const gameId = parseGameIdText(c.req.param('id'))
  return gameId === null ? err(BAD_GAME_ID) : ok(gameId)
}

function idempotencyKey(c: HttpContext): Result<string | null, Refusal> {
  const given = c.req.header('idempotency-key')
  if (given === undefined) return ok(null)
  return IDEMPOTENCY_KEY.test(given) ? ok(given) : err(BAD_KEY)
}
