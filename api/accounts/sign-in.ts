import { refusal } from '../../protocol/errors.ts'
import type { AccountsDeps } from './deps.ts'
import { guestName } from './guest-name.ts'
import { type Handler, readBody } from './reply.ts'
import { GuestBody } from './routes.ts'
import { newSession, newUserId, signedIn } from './session-tokens.ts'

/** POST /auth/guest: needs the store of sessions alone, so that guests come and play while accounts are away. */
export const guestSignIn =
  (deps: AccountsDeps): Handler =>
  async (request, passage) => {
    const body = await readBody(request, GuestBody, 'the body must be an object, and cookie a name of our list')
    if (!body.ok) return passage.refuse(body.error)
    const session = newSession(deps, {
      userId: newUserId(deps.random),
      kind: 'guest',
      name: guestName(deps.random),
      region: deps.region,
      role: 'player',
      amr: [],
    })
    await deps.sessions.create(session)
    passage.audit('signed_in', { outcome: 'done', how: 'guest', userId: session.userId, sessionId: session.id })
    return signedIn(deps, request, session, { status: 201, place: body.value.cookie ?? null })
  }

/** GET /auth/providers */
export const listProviders = ({ providers }: AccountsDeps): unknown => ({
  providers: providers.map(({ config: { name, title } }) => ({ name, title })),
})

export const NO_SUCH_PROVIDER = refusal('NOT_FOUND', 'no such provider')
