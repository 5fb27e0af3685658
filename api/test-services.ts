import { systemClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import { seededRandom } from '../kit/random.ts'
import type { ApiKey } from '../ports/api-key-store.ts'
import type { AuditEvent } from '../ports/audit.ts'
import type { Identity } from '../ports/auth/identity.ts'
import { localVerifier } from '../ports/auth/token-verifier.ts'
import { endUser } from '../ports/ended-sessions.ts'
import { type Caller, NOBODY } from '../ports/http/gate/access.ts'
import type { GateEnv } from '../ports/http/gate/passage.ts'
import { testPassage } from '../ports/http/gate/test-gate.ts'
import { memoryAccountStore } from '../ports/memory/account-store.ts'
import { memoryApiKeyStore } from '../ports/memory/api-key-store.ts'
import { memoryEndedSessions } from '../ports/memory/ended-sessions.ts'
import { memoryGameStore } from '../ports/memory/game-store.ts'
import { memoryIdempotencyStore } from '../ports/memory/idempotency-store.ts'
import { memoryRankings } from '../ports/memory/rankings.ts'
import { memorySessionStore } from '../ports/memory/session-store.ts'
import { memorySigner } from '../ports/memory/signer.ts'
import { memoryStatsStore } from '../ports/memory/stats-store.ts'
import { memoryUserIndex } from '../ports/memory/user-index.ts'
import { newKeysText } from '../ports/private-jwks.ts'
import type { Rankings } from '../ports/rankings.ts'
import type { Session } from '../ports/session-store.ts'
import type { StatsStore } from '../ports/stats-store.ts'
import type { UserId } from '../protocol/ids.ts'
import { accountServices } from './account-services.ts'
import { createAccounts } from './accounts/accounts.ts'
import { fixedKeyRing } from './accounts/key-ring.ts'
import { parseKeys } from './accounts/keys.ts'
import { createHistory } from './history/history.ts'
import { createKeys } from './keys/keys.ts'
import { createLeaderboard } from './leaderboard/leaderboard.ts'
import { createStatistics } from './statistics/statistics.ts'

export const NOW_MS = 1_800_000_000_000

/** Every store of an api in memory, and a clock that stands still until it is moved. */
export function testStores() {
  let nowMs = NOW_MS
  const clock = { ...systemClock, now: () => nowMs }
  const accounts = memoryAccountStore()
  const stats = memoryStatsStore(accounts)
  const sessions = memorySessionStore(1_000)
  const ended = memoryEndedSessions(clock)
  return {
    accounts,
    sessions,
    users: memoryUserIndex(),
    stats,
    rankings: memoryRankings(stats, accounts),
    games: memoryGameStore(),
    apiKeys: memoryApiKeyStore(),
    repeats: memoryIdempotencyStore(clock),
    ended,
    endUser: (userId: UserId) => endUser({ sessions, ended }, userId),
    regions: ['eu', 'us'],
    clock,
    random: seededRandom(3),
    log: silentLog,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}
export type TestStores = ReturnType<typeof testStores>

export const identity = (userId: string, more: Partial<Identity> = {}): Identity => ({
  ...{ userId: userId as UserId, name: `Name of ${userId}`, sessionId: `session of ${userId}`, region: 'eu' },
  expiresAtMs: NOW_MS + 900_000,
  ...more,
})

export const keyOf = ({ userId }: Identity): ApiKey => ({
  ...{ keyId: `key of ${userId}`, userId, name: 'Bot', prefix: 'oxo_abcd', scopes: ['stats:read'] },
  ...{ createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1_000_000 },
})

export const sessionOf = ({ userId, name, sessionId, region }: Identity): Session => ({
  ...{ id: sessionId, userId, kind: 'guest', name, region, role: 'player', amr: [], createdAtMs: NOW_MS },
  ...{ generation: 0, rotatedBy: null, expiresAtMs: NOW_MS + 1_000_000 },
})

/** Every service of the api by its name in SERVICES, over these stores; `verify` knows their tokens. */
export async function everyService(
  stores: Omit<TestStores, 'stats' | 'rankings'> & {
    readonly stats: Pick<StatsStore, 'statsOf'>
    readonly rankings: Pick<Rankings, 'page'>
  },
) {
  const keys = await parseKeys(newKeysText())
  if (!keys.ok) throw new Error(keys.error)
  const signIn = createAccounts({
    ...{ ...stores, keys: fixedKeyRing(keys.value), providers: [], publicUrl: 'https://oxo.test' },
    ...{ issuer: 'oxo', region: 'eu' },
  })
  return {
    services: {
      accounts: accountServices({ ...stores, ...signIn }, stores),
      history: createHistory({ ...stores, signer: memorySigner() }),
      keys: createKeys({ ...stores, keys: stores.apiKeys }),
      statistics: createStatistics(stores.stats, stores.log),
      leaderboard: createLeaderboard(stores.rankings, stores.log),
    },
    mint: signIn.mint,
    verify: localVerifier(signIn.jwks, 'oxo', stores.clock),
  }
}

interface App {
  request(path: string, init: RequestInit, env: GateEnv['Bindings']): Response | Promise<Response>
}

/** Calls an app as somebody (null: nobody), past the gate's counting. `audited`: what it wrote to the audit log. */
export function callerOf(app: App) {
  const audited: AuditEvent[] = []
  const call = async (as: Identity | null, method: string, path: string, body?: unknown) => {
    const caller: Caller = as === null ? NOBODY : { type: 'user', identity: as }
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await app.request(path, init, testPassage({ caller, audit: (event) => void audited.push(event) }))
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
  return { call, audited }
}

/** The answer that refuses with this code. */
export const refusing = (status: number, code: string) => ({ status, body: { error: { code } } })
