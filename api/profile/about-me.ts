import { seedView } from '../../game/seed-view.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { AccountStore } from '../../ports/account-store.ts'
import { DELETED_NAME } from '../../ports/account-store.ts'
import type { ApiKeyStore } from '../../ports/api-key-store.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import type { GameStore } from '../../ports/game-store.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import type { StatsStore } from '../../ports/stats-store.ts'
import type { UserIndex } from '../../ports/user-index.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import { unblockAll } from './blocks.ts'
import { findOwn } from './profile.ts'
import { type ExportView, me } from './schemas.ts'

/** Wherever something about a player is stored. */
export interface AboutMe {
  readonly accounts: AccountStore
  readonly sessions: Pick<SessionStore, 'list'>
  readonly users: UserIndex
  readonly stats: Pick<StatsStore, 'statsOf'>
  readonly games: Pick<GameStore, 'history' | 'rename'>
  readonly apiKeys: Pick<ApiKeyStore, 'list' | 'removeAll'>
  /** Ends all sessions and access tokens of a user who is no more. Safe to repeat. */
  readonly endUser: (userId: UserId) => Promise<void>
}

const PAGE = 100
/** Games of one export, some 1 KiB each; the rest is read page by page. */
const EXPORT_PAGES_MAX = 20
/** No game lasts so long: nine turns of an hour at most. A user who has been playing for longer is an entry that nobody cleared. */
const GAME_MS_MAX = 12 * 3_600_000

/** All that is stored about the caller. */
export async function exportOf(
  stores: AboutMe,
  identity: Identity,
  nowMs: number,
): Promise<Result<ExportView, Refusal>> {
  const { userId, region } = identity
  const account = await findOwn(stores.accounts, identity, nowMs)
  if (!account.ok) return account
  const [sessions, { record }, statistics, apiKeys, games] = await Promise.all([
    stores.sessions.list(userId, nowMs),
    stores.users.get(userId),
    stores.stats.statsOf(userId),
    stores.apiKeys.list(userId),
    gamesOf(stores.games, userId),
  ])
  return ok({
    exportedAt: instant(nowMs),
    account: me(account.value, region),
    sessions: sessions.map(({ kind, name, region, createdAtMs, expiresAtMs }) => ({
      ...{ kind, name, region, createdAt: instant(createdAtMs), expiresAt: instant(expiresAtMs) },
    })),
    blocked: [...record.blocked],
    matchmaking: { rating: record.rating, lastOpponent: record.lastOpponent, occupation: record.occupation.type },
    statistics: statistics === null ? null : { ...statistics },
    apiKeys: apiKeys.map(({ keyId, name, prefix, scopes, createdAtMs, expiresAtMs }) => ({
      ...{ keyId, name, prefix, scopes: [...scopes], createdAt: instant(createdAtMs), expiresAt: instant(expiresAtMs) },
    })),
    ...games,
  })
}

async function gamesOf(store: AboutMe['games'], userId: UserId): Promise<Pick<ExportView, 'games' | 'moreGames'>> {
  const games: Record<string, unknown>[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < EXPORT_PAGES_MAX; pages++) {
    const page = await store.history(userId, { limit: PAGE, cursor })
    if (!page.ok) throw new Error('the store refused its own cursor')
    games.push(...page.value.games.map(({ gameId, room }) => ({ ...seedView(gameId, room) })))
    cursor = page.value.cursor
    if (cursor === null) return { games, moreGames: null }
  }
  return { games, moreGames: `/users/${userId}/games?limit=${PAGE}&cursor=${encodeURIComponent(cursor!)}` }
}

/**
 * Makes a person a pseudonym, everywhere. The account first: from then on nothing can bring the name back. Whatever fails, the whole may be
 * done again; sessions end last, so that the caller still can.
 */
export async function deleteMe(stores: AboutMe, { userId }: Identity, nowMs: number): Promise<Result<void, Refusal>> {
  const { occupation, sinceMs } = (await stores.users.get(userId)).record
  if (occupation.type === 'playing' && nowMs < sinceMs + GAME_MS_MAX) {
    return err(refusal('ALREADY_PLAYING', 'finish or forfeit your game first', { gameId: occupation.gameId }))
  }
  await stores.accounts.remove(userId, nowMs)
  await stores.games.rename(userId, DELETED_NAME)
  await stores.apiKeys.removeAll(userId)
  await unblockAll(stores.users, userId)
  await stores.endUser(userId)
  return ok(undefined)
}

const instant = (ms: number): string => new Date(ms).toISOString()
