import { endSession, endSessions } from '../../ports/ended-sessions.ts'
import type { Passage } from '../../ports/http/gate/passage.ts'
import { refusal } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { AccountsDeps } from './deps.ts'
import { done, type Handler, readBody } from './reply.ts'
import { LogoutBody } from './routes.ts'
import { emptied, shownToken } from './session-tokens.ts'
import { readRefreshToken } from './tokens.ts'

interface Target {
  readonly userId: UserId
  readonly sessionId: string
}
/** Whose session a request names. `over`: it had ended before. `nobody`: the request shows no token of ours. */
type Named = Target | 'over' | 'nobody'

const NOBODY = refusal('UNAUTHENTICATED', 'show a refresh token or an access token of the session')
const OVER = refusal('UNAUTHENTICATED', 'the session has ended: sign in to end all of them')

/**
 * POST /auth/logout: ends the session of the refresh token (body or cookie), else of the access token; `all`: every session of its user.
 * Tokens count no more at once, sockets close within seconds.
 */
export const logout =
  (deps: AccountsDeps): Handler =>
  async (request, passage) => {
    const body = await readBody(
      request,
      LogoutBody,
      'all must be true or false, refreshToken a refresh token, cookie a name of our list',
    )
    if (!body.ok) return passage.refuse(body.error)
    const { all = false, cookie } = body.value
    const cookies = cookie === undefined ? [] : [emptied(deps, request, cookie)]

    const shows = body.value.refreshToken !== undefined || cookie !== undefined
    const named = shows ? await byRefreshToken(deps, shownToken(deps, request, body.value)) : byAccessToken(passage)
    if (named === 'nobody') return passage.refuse(NOBODY)
    if (named === 'over') return all ? passage.refuse(OVER) : done(cookies)

    const { userId, sessionId } = named
    if (all) await endSessions(deps, userId, deps.clock.now())
    await endSession(deps, userId, sessionId)
    passage.audit('logged_out', { outcome: 'done', userId, sessionId, how: all ? 'all' : 'one' })
    return done(cookies)
  }

async function byRefreshToken(deps: AccountsDeps, token: string | null): Promise<Named> {
  const shown = token === null ? null : readRefreshToken(deps.keys.keys(), token)
  if (shown === null) return 'nobody'
  const session = await deps.sessions.find(shown.id, deps.clock.now())
  if (session === null) return 'over'
  const target = { userId: session.userId, sessionId: session.id }
  if (session.generation === shown.generation) return target
  // An older token is not its holder's to end more with than the session that it would end anyway.
  await endSession(deps, target.userId, target.sessionId)
  return 'over'
}

function byAccessToken({ caller }: Passage): Named {
  if (caller.type !== 'user') return 'nobody'
  const { userId, sessionId } = caller.identity
  return { userId, sessionId }
}
