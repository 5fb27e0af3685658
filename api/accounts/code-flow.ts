import type { Passage } from '../../ports/http/gate/passage.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { clearCookie, publicOriginOf, REFRESH_COOKIES, readCookie, setCookie } from './cookies.ts'
import type { AccountsDeps } from './deps.ts'
import { signInPerson } from './identities.ts'
import { checksOf, loginCookie, openLogin, returnPath, sealLogin } from './login-state.ts'
import type { ProviderFailure } from './provider.ts'
import { type Handler, leadTo } from './reply.ts'
import { emptied, keepIn, sessionOf, shownToken } from './session-tokens.ts'
import { NO_SUCH_PROVIDER } from './sign-in.ts'
import { refreshToken } from './tokens.ts'

const CALLBACK = '/auth/callback'
/** Tells the page, in its address, how the sign-in went: `done`, or a code of PROTOCOL.md. */
const OUTCOME = 'signIn'

const NOT_BEGUN = refusal('BAD_REQUEST', 'this sign-in was not begun in this browser, or too long ago')
const REFUSED = refusal('UNAUTHENTICATED', 'the provider did not sign you in')
const AWAY = refusal('UNAVAILABLE', 'the provider cannot be asked now', { retryAfterMs: 5_000 })

/** A provider's failure as a refusal of ours. */
export const refusalFor = ({ type }: ProviderFailure): Refusal => (type === 'refused' ? REFUSED : AWAY)

/** GET /auth/login/{provider}?cookie=0&returnTo=/: leads the browser to the provider. The guest of that cookie becomes the account. */
export const beginLogin =
  (deps: AccountsDeps, providerName: string): Handler =>
  (request, passage) =>
    answeringPeople(deps, request, passage, async () => {
      const provider = deps.providers.find(({ config }) => config.name === providerName)
      if (provider === undefined) return NO_SUCH_PROVIDER
      const { origin, secure } = publicOriginOf(request.headers, deps.publicUrl)
      const query = new URL(request.url).searchParams
      const cookie = REFRESH_COOKIES.find((name) => name === query.get('cookie')) ?? null
      const shown = cookie === null ? null : await sessionOf(deps, shownToken(deps, request, { cookie }))

      const keys = deps.keys.keys()
      const sealed = sealLogin(keys, deps, {
        provider: providerName,
        guest: shown?.kind === 'guest' ? shown.id : null,
        cookie,
        returnTo: returnPath(query.get('returnTo'), origin),
      })
      const url = await provider.authorizationUrl(origin + CALLBACK, checksOf(keys, sealed))
      return url.ok ? leadTo(url.value, [setCookie(loginCookie, sealed, secure)]) : refusalFor(url.error)
    })

/** GET /auth/callback: the browser is back from the provider. */
export const endLogin =
  (deps: AccountsDeps): Handler =>
  (request, passage) =>
    answeringPeople(deps, request, passage, async () => {
      const { origin, secure } = publicOriginOf(request.headers, deps.publicUrl)
      const keys = deps.keys.keys()
      const sealed = readCookie(request.headers, loginCookie, secure)
      const login = openLogin(keys, deps.clock, sealed)
      const provider = deps.providers.find(({ config }) => config.name === login?.provider)
      if (sealed === null || login === null || provider === undefined) return NOT_BEGUN

      const callbackUrl = new URL(CALLBACK + new URL(request.url).search, origin)
      const person = await provider.redeem(callbackUrl, checksOf(keys, sealed))
      const refusedFor = (why: string, answer: Refusal): Refusal => {
        passage.audit('sign_in_refused', { outcome: 'refused', how: login.provider, why })
        return answer
      }
      if (!person.ok) return refusedFor(person.error.why, refusalFor(person.error))

      const guest = login.guest === null ? null : await deps.sessions.find(login.guest, deps.clock.now())
      const signedIn = await signInPerson(deps, person.value, guest)
      if (!signedIn.ok) return refusedFor(signedIn.error.code, signedIn.error)
      const { session, linked } = signedIn.value
      const done = { outcome: 'done', how: login.provider, userId: session.userId, sessionId: session.id } as const
      passage.audit('signed_in', done)
      if (linked) passage.audit('account_linked', done)
      const back = new URL(login.returnTo, origin)
      back.searchParams.set(OUTCOME, 'done')
      return leadTo(back, [
        keepIn(deps, request, 'account', refreshToken(keys[0], session)),
        clearCookie(loginCookie, secure),
        ...(login.cookie === null || login.cookie === 'account' ? [] : [emptied(deps, request, login.cookie)]),
      ])
    })

/** People who came here by a link are led back to the page, which says what is wrong; programs get the refusal itself. */
async function answeringPeople(
  deps: AccountsDeps,
  request: Request,
  passage: Passage,
  answer: () => Promise<Response | Refusal>,
): Promise<Response> {
  const outcome = await answer()
  if (outcome instanceof Response) return outcome
  if (!request.headers.get('accept')?.includes('text/html')) return passage.refuse(outcome)
  const { origin, secure } = publicOriginOf(request.headers, deps.publicUrl)
  const page = new URL('/', origin)
  page.searchParams.set(OUTCOME, outcome.code)
  return leadTo(page, [clearCookie(loginCookie, secure)])
}
