import type { CancelTimer, Clock } from '../kit/clock.ts'
import { fraction, type Random } from '../kit/random.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type CookieSession, isOver, newRenewalKey, OWN_PAGE, tokensByCookie } from './cookie-tokens.ts'
import { OxoError } from './errors.ts'
import { type Fetch, type HttpFailure, postJson } from './http.ts'
import { backoffMs } from './reconnect.ts'
import { parseTokens, type TokenStore, type Tokens } from './tokens.ts'

/** A token this close to its end, in ms, is renewed before use; or within the last fifth of its life, if that is shorter. */
export const RENEW_BEFORE_MS = 60_000
/** No renewal follows another sooner than this, in ms, however short-lived tokens are. */
const RENEW_PAUSE_MS = 1_000
/** Timers beyond 2^31 ms fire at once, so longer waits are cut into pieces of this length, in ms. */
const TIMER_MAX_MS = 86_400_000

export interface SessionOptions {
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  /** Origin of the platform's HTTP endpoints, without a slash at its end. */
  readonly origin: string
  /** Absent: those of `store`, else a new guest's. */
  readonly tokens?: Tokens
  readonly store?: TokenStore
  /** Instead of `store`, in the platform's own page. */
  readonly cookies?: CookieSession
  /** A token was renewed while it was in use. */
  readonly onRenewed: (accessToken: string) => void
}

export interface Session {
  /** A valid access token; `renew`: not the one used so far, because the server refused it. */
  access(renew: boolean): Promise<Result<string, HttpFailure>>
  /** False: the token was given without a refresh token, so that no other one can be had here. */
  renewable(): boolean
  /** Ends the session at the platform, or all of its user, and forgets its tokens. What failed left all as it was. */
  logout(all: boolean): Promise<Result<void, HttpFailure>>
  /** Ends the timers until the next `access`. */
  stop(): void
}

/** Signs in, keeps tokens and renews them before they expire. A guest whose tokens are dead becomes a new guest. */
export function createSession(options: SessionOptions): Session {
  const { clock, random, fetch, origin, store, cookies, onRenewed } = options
  let tokens: Tokens | null = options.tokens ?? null
  let renewAt = Number.POSITIVE_INFINITY // monotonic
  let inFlight: Promise<Result<string, HttpFailure>> | null = null
  let failures = 0
  let stopped = false
  /** Of a renewal whose answer was lost: the repeat is answered alike. */
  let renewalKey: string | null = null
  let cancelTimer: CancelTimer = () => {}
  if (tokens !== null) adopt(tokens)

  function adopt(fresh: Tokens): void {
    tokens = fresh
    failures = 0
    const leftMs = fresh.expiresAt === undefined ? Number.POSITIVE_INFINITY : fresh.expiresAt - clock.now()
    const marginMs = Math.min(RENEW_BEFORE_MS, Math.max(0, leftMs) / 5)
    renewAt = isRenewable(fresh) ? clock.monotonic() + leftMs - marginMs : Number.POSITIVE_INFINITY
    // Clients that signed in together, after an outage say, must not renew together.
    arm(Math.max(RENEW_PAUSE_MS, renewAt - clock.monotonic() - (fraction(random) * marginMs) / 2))
  }

  function isRenewable(held: Tokens): boolean {
    return cookies !== undefined || held.refreshToken !== undefined
  }

  function arm(delayMs: number): void {
    cancelTimer()
    if (stopped || delayMs === Number.POSITIVE_INFINITY) return
    const pieceMs = Math.min(Math.max(0, delayMs), TIMER_MAX_MS)
    cancelTimer = clock.after(pieceMs, () => (delayMs > pieceMs ? arm(delayMs - pieceMs) : void renewInTime()))
  }

  async function renewInTime(): Promise<void> {
    const renewed = await access(true)
    if (renewed.ok) onRenewed(renewed.value)
    else if (renewed.error.kind === 'retry') arm(backoffMs(random, failures++, renewed.error.leastMs))
  }

  function access(renew: boolean): Promise<Result<string, HttpFailure>> {
    if (stopped) {
      stopped = false
      if (tokens !== null) adopt(tokens)
    }
    if (inFlight !== null) return inFlight
    const run = obtain(renew).finally(() => {
      inFlight = null
    })
    inFlight = run
    return run
  }

  async function obtain(renew: boolean): Promise<Result<string, HttpFailure>> {
    const used = tokens
    if (used === null || renew) {
      // Another tab with the same store may have renewed already; using its tokens spares a refresh token that works once.
      const stored = await loadStored()
      if (stored !== null && stored.accessToken !== used?.accessToken && (used === null || usable(stored)))
        adopt(stored)
    }
    const changed = tokens !== used
    const held = tokens
    if (held !== null && clock.monotonic() < renewAt && (changed || !renew)) return ok(held.accessToken)
    const renewed = await renewal(held)
    // While sign-in is out of reach, a token that still lives is good enough.
    const serves = held !== null && !renewed.ok && renewed.error.kind === 'retry' && !renew && usable(held)
    return serves ? ok(held.accessToken) : renewed
  }

  function renewal(held: Tokens | null): Promise<Result<string, HttpFailure>> {
    if (cookies !== undefined) return byCookie(cookies)
    return held === null ? signIn() : refresh(held)
  }

  async function byCookie(held: CookieSession): Promise<Result<string, HttpFailure>> {
    const answer = await tokensByCookie(held, (path, body, headers) => askTokens(path, body, {}, headers), random)
    return answer.ok ? taken(answer.value) : answer
  }

  async function refresh(old: Tokens): Promise<Result<string, HttpFailure>> {
    if (old.refreshToken === undefined) {
      return err({ kind: 'refused', error: new OxoError('UNAUTHENTICATED', 'the access token has expired') })
    }
    renewalKey ??= newRenewalKey(random)
    const headers = { 'idempotency-key': renewalKey }
    const answer = await askTokens('/auth/refresh', { refreshToken: old.refreshToken }, old, headers)
    if (answer.ok) return taken(answer.value)
    return isOver(answer.error) && options.tokens === undefined ? signIn() : answer
  }

  async function signIn(): Promise<Result<string, HttpFailure>> {
    const answer = await askTokens('/auth/guest', {}, {}, {})
    return answer.ok ? taken(answer.value) : answer
  }

  async function taken(fresh: Tokens): Promise<Result<string, HttpFailure>> {
    renewalKey = null
    adopt(fresh)
    if (cookies === undefined) await saveStored(fresh)
    return ok(fresh.accessToken)
  }

  async function askTokens(
    path: string,
    body: object,
    old: Partial<Tokens>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Result<Tokens, HttpFailure>> {
    const answer = await postJson(fetch, clock, origin + path, body, headers)
    if (!answer.ok) return answer
    const expiresIn = (answer.value as { readonly expiresIn?: unknown } | null)?.expiresIn
    const expiry = typeof expiresIn === 'number' ? { expiresAt: clock.now() + expiresIn * 1000 } : {}
    const parsed = parseTokens(typeof answer.value === 'object' ? { ...old, ...answer.value, ...expiry } : null)
    if (!parsed.ok) {
      return err({ kind: 'retry', leastMs: 0, error: new OxoError('UNAVAILABLE', `${path} answered without tokens`) })
    }
    return parsed
  }

  async function logout(all: boolean): Promise<Result<void, HttpFailure>> {
    if (cookies !== undefined)
      return cookies.hold((cookie) => end({ cookie: cookie.name, all }, OWN_PAGE, () => cookie.save(null)))
    const held = tokens ?? (await loadStored())
    if (held === null) return ok(undefined)
    const { refreshToken, accessToken } = held
    const forget = () => store?.clear?.()
    if (refreshToken !== undefined) return end({ refreshToken, all }, {}, forget)
    return end({ all }, { authorization: `Bearer ${accessToken}` }, forget)
  }

  /** What was over before is over now. */
  async function end(
    body: object,
    headers: Readonly<Record<string, string>>,
    forget: () => void | Promise<void>,
  ): Promise<Result<void, HttpFailure>> {
    const answer = await postJson(fetch, clock, `${origin}/auth/logout`, body, headers)
    if (!answer.ok && !isOver(answer.error)) return answer
    tokens = null
    renewalKey = null
    cancelTimer()
    await forget()
    return ok(undefined)
  }

  const usable = (found: Tokens): boolean => found.expiresAt === undefined || found.expiresAt > clock.now()

  // A store is the page's own code: when it fails, the tokens in memory still serve.
  const loadStored = async (): Promise<Tokens | null> => {
    try {
      return (await store?.load()) ?? null
    } catch {
      return null
    }
  }
  const saveStored = async (fresh: Tokens): Promise<void> => {
    try {
      await store?.save(fresh)
    } catch {}
  }

  return {
    access,
    renewable: () => tokens === null || isRenewable(tokens),
    logout,
    stop() {
      stopped = true
      cancelTimer()
    },
  }
}
