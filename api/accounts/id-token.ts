import { z } from 'zod'
import { refusal } from '../../protocol/errors.ts'
import { refusalFor } from './code-flow.ts'
import type { AccountsDeps } from './deps.ts'
import { signInPerson } from './identities.ts'
import { type Handler, readBody, reply } from './reply.ts'
import { LoginBody, type Nonce } from './routes.ts'
import { seal, unseal } from './sealed.ts'
import { sessionOf, signedIn } from './session-tokens.ts'
import { NO_SUCH_PROVIDER } from './sign-in.ts'

/** How long a nonce is good, ms: from asking for it to showing the identity token that carries it. */
export const NONCE_MS = 10 * 60_000

const nonceShape = z.object({ untilMs: z.number() })
const BAD_NONCE = refusal('UNAUTHENTICATED', 'the nonce is not ours, or too old: ask for another one')

/** POST /auth/nonce: an identity token is only taken with a nonce of ours in it, so that an old one that leaked is worth nothing. */
export const issueNonce =
  ({ keys, clock, random }: AccountsDeps): Handler =>
  async () => {
    const value = { untilMs: clock.now() + NONCE_MS, id: Buffer.from(random.bytes(16)).toString('base64url') }
    const nonce: Nonce = { nonce: seal(keys.keys(), 'nonce', value), expiresIn: NONCE_MS / 1_000 }
    return reply(200, nonce)
  }

/** POST /auth/login: an identity token of a provider for tokens of ours. The guest of `refreshToken` becomes the account. */
export const loginWithIdToken =
  (deps: AccountsDeps): Handler =>
  async (request, passage) => {
    const body = await readBody(request, LoginBody, 'provider, idToken and nonce must be texts')
    if (!body.ok) return passage.refuse(body.error)
    const { provider: name, idToken, nonce, refreshToken } = body.value
    const provider = deps.providers.find(({ config }) => config.name === name)
    if (provider === undefined) return passage.refuse(NO_SUCH_PROVIDER)

    const issued = nonceShape.safeParse(unseal(deps.keys.keys(), 'nonce', nonce))
    if (!issued.success || issued.data.untilMs <= deps.clock.now()) return passage.refuse(BAD_NONCE)
    const person = await provider.verify(idToken, nonce)
    if (!person.ok) {
      passage.audit('sign_in_refused', { outcome: 'refused', how: name, why: person.error.why })
      return passage.refuse(refusalFor(person.error))
    }
    const shown = await sessionOf(deps, refreshToken ?? null)
    const signed = await signInPerson(deps, person.value, shown?.kind === 'guest' ? shown : null)
    if (!signed.ok) {
      passage.audit('sign_in_refused', { outcome: 'refused', how: name, why: signed.error.code })
      return passage.refuse(signed.error)
    }
    const { session, linked } = signed.value
    const done = { outcome: 'done', how: name, userId: session.userId, sessionId: session.id } as const
    passage.audit('signed_in', done)
    if (linked) passage.audit('account_linked', done)
    return signedIn(deps, request, session, { status: 200, place: null })
  }
