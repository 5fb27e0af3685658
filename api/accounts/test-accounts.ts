import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { type Clock, systemClock } from '../../kit/clock.ts'
import type { Log, LogFields } from '../../kit/log.ts'
import { seededRandom } from '../../kit/random.ts'
import type { AuditEntry, AuditEvent } from '../../ports/audit.ts'
import { refusingEnded, watchEnded } from '../../ports/auth/ended-watch.ts'
import { localVerifier } from '../../ports/auth/token-verifier.ts'
import { testGateDeps } from '../../ports/http/gate/test-gate.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { memoryEndedSessions } from '../../ports/memory/ended-sessions.ts'
import { memorySessionStore } from '../../ports/memory/session-store.ts'
import { newKeysText } from '../../ports/private-jwks.ts'
import { createApi } from '../api.ts'
import { createAccounts } from './accounts.ts'
import type { AccountsDeps } from './deps.ts'
import { fixedKeyRing } from './key-ring.ts'
import { type AuthKeys, parseKeys } from './keys.ts'
import { accessToken, refreshToken } from './tokens.ts'

export const NOW_MS = 1_800_000_000_000
export const ORIGIN = 'https://oxo.test'

export async function newKeys(): Promise<AuthKeys> {
  const keys = await parseKeys(newKeysText())
  if (!keys.ok) throw new Error(keys.error)
  return keys.value
}
export const keys = await newKeys()

/** Tokens as an answer gave them. */
export interface Signed {
  readonly userId: string
  readonly name: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

/** The accounts service behind a gate, on stores in memory and a clock that stands. */
export async function startAccounts(changes: Partial<AccountsDeps> = {}, startMs = NOW_MS) {
  let movedMs = 0
  const clock: Clock = { ...systemClock, now: () => startMs + movedMs, monotonic: () => movedMs }
  const logged: { readonly event: string; readonly fields: LogFields }[] = []
  const audited: { readonly event: AuditEvent; readonly entry: AuditEntry }[] = []
  const note = (event: string, fields: LogFields = {}) => void logged.push({ event, fields })
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const deps: AccountsDeps = {
    keys: fixedKeyRing(keys),
    sessions: memorySessionStore(1_000),
    ended: memoryEndedSessions(clock),
    accounts: memoryAccountStore(),
    providers: [],
    publicUrl: ORIGIN,
    issuer: 'https://oxo.example',
    region: 'eu',
    clock,
    random: seededRandom(7),
    log,
    ...changes,
  }
  const { app, jwks } = createAccounts(deps)
  const verifyToken = localVerifier(jwks, deps.issuer, clock)
  const api = createApi(
    { accounts: { app } },
    {
      ...testGateDeps(),
      clock,
      log,
      audit: (event, entry) => void audited.push({ event, entry }),
      verify: async (jwt) => {
        const watch = await watchEnded(clock, log, deps.ended)
        watch.stop()
        return refusingEnded(verifyToken, watch)(jwt)
      },
    },
  )

  const origin = deps.publicUrl ?? ORIGIN
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const init = { method, headers: { host: new URL(origin).host, ...headers }, ...(body !== undefined && { body }) }
    return api.handle(new Request(new URL(path, origin), init), { address: '192.0.2.1' })
  }
  const post = (path: string, body?: object | string, headers: Record<string, string> = {}) =>
    send('POST', path, headers, typeof body === 'object' ? JSON.stringify(body) : body)
  return {
    ...deps,
    app,
    jwks,
    logged,
    audited,
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, headers),
    post,
    guest: async () => (await (await post('/auth/guest', {})).json()) as Signed,
    refresh: (token: unknown, headers = {}) => post('/auth/refresh', { refreshToken: token }, headers),
    /** Tokens of a session as it is now. */
    async signed(sessionId: string): Promise<Signed> {
      const session = (await deps.sessions.find(sessionId, clock.now()))!
      const [key] = deps.keys.keys()
      const minted = await accessToken(key, deps.issuer, session, clock.now())
      const { userId, name } = session
      return { userId, name, accessToken: minted, refreshToken: refreshToken(key, session), expiresIn: 900 }
    },
    /** What an access token says. @throws when it is not good */
    claims: async (jwt: string): Promise<JWTPayload> =>
      (await jwtVerify(jwt, createLocalJWKSet(jwks()), { currentDate: new Date(clock.now()) })).payload,
    advance: (ms: number) => {
      movedMs += ms
    },
  }
}
export type TestAccounts = Awaited<ReturnType<typeof startAccounts>>

/** The answer must be a refusal in the one format. Its message. */
export async function refused(response: Response, status: number, code: string): Promise<string> {
  const body = (await response.json()) as { error: { message: string } }
  expect(body).toMatchObject({
    error: {
      code,
      message: expect.stringMatching(/./),
      timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
      requestId: response.headers.get('x-request-id'),
    },
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  return body.error.message
}

/** Cookies of a browser, by name: what answers set, sent back as a browser would. */
export function cookieJar(origin = ORIGIN) {
  const kept = new Map<string, string>()
  return {
    kept,
    take(response: Response): void {
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') kept.delete(name)
        else kept.set(name, value)
      }
    },
    /** Headers of a request from our own page. */
    headers: (): Record<string, string> => ({
      cookie: [...kept].map(([name, value]) => `${name}=${value}`).join('; '),
      origin,
      'x-requested-with': 'oxo',
    }),
  }
}
