import { type Kysely, sql, type Updateable } from 'kysely'
import { err, ok, type Result } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type Account, type AccountStore, DELETED_NAME, type Identity, type NewAccount } from '../account-store.ts'
import { type AccountRow, accountOf } from './account-row.ts'
import { askingOf, brokenConstraint } from './failure.ts'
import type { Database } from './open.ts'
import { postgresSecondFactors } from './second-factors.ts'
import type { Tables, UsersTable } from './tables.ts'

type Db = Kysely<Tables>

/** Accounts in the table `users`, which statistics share. Each call is one statement, so that two at once need no lock. */
export function postgresAccountStore(database: Database): AccountStore {
  const { db } = database
  const ask = askingOf(database)
  const change = (userId: UserId, set: Parameters<typeof changed>[2]): Promise<Result<Account, 'unknown'>> =>
    ask(() => changed(db, userId, set))

  return {
    get: (userId) => ask(() => accountById(db, userId)),
    findByIdentity: ({ provider, subject }) =>
      ask(async () => {
        const row = await db
          .selectFrom('users')
          .selectAll()
          .where('social_provider', '=', provider)
          .where('social_id', '=', subject)
          .executeTakeFirst()
        return row === undefined ? null : accountOf(row)
      }),
    ensureGuest: (userId, { displayName, region }, nowMs) =>
      ask(async () => {
        const { rows } = await sql<AccountRow>`
          insert into users (user_id, display_name, region, created_at, updated_at)
          values (${userId}, ${displayName}, ${region}, ${iso(nowMs)}, ${iso(nowMs)})
          on conflict (user_id) do update
            set region = case when users.deleted_at is null then coalesce(users.region, excluded.region) end
          returning *`.execute(db)
        return accountOf(rows[0]!)
      }),
    linkIdentity: (userId, identity, account, nowMs) => ask(() => linked(db, userId, identity, account, nowMs)),
    updateProfile: async (userId, { username, displayName, avatarUrl, region }, nowMs) => {
      try {
        return await change(userId, {
          ...(username !== undefined && { username }),
          ...(displayName !== undefined && { display_name: displayName }),
          ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
          ...(region !== undefined && { region }),
          updated_at: iso(nowMs),
        })
      } catch (error) {
        if (brokenConstraint(error) === 'users_username') return err('username_taken')
        throw error
      }
    },
    touchLogin: async (userId, nowMs) => {
      await change(userId, { last_login: iso(nowMs) })
    },
    setRole: (userId, role, nowMs) => change(userId, { role, updated_at: iso(nowMs) }),
    setBanned: (userId, banned, nowMs) => change(userId, { is_active: !banned, updated_at: iso(nowMs) }),
    remove: (userId, nowMs) =>
      ask(async () => {
        await sql`
          with factors as (delete from second_factors where user_id = ${userId})
          insert into users (user_id, display_name, is_active, created_at, updated_at, deleted_at)
          values (${userId}, ${DELETED_NAME}, false, ${iso(nowMs)}, ${iso(nowMs)}, ${iso(nowMs)})
          on conflict (user_id) do update set
            email = null, username = null, display_name = excluded.display_name, avatar_url = null, social_provider = null,
            social_id = null, last_login = null, region = null, role = 'player', is_active = false,
            updated_at = excluded.updated_at, deleted_at = excluded.deleted_at
          where users.deleted_at is null`.execute(db)
      }),
    ...postgresSecondFactors(db, ask),
  }
}

async function accountById(db: Db, userId: UserId): Promise<Account | null> {
  const row = await db.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return row === undefined ? null : accountOf(row)
}

/** Writes columns of an account that is not deleted. */
async function changed(
  db: Db,
  userId: UserId,
  set: Omit<Updateable<UsersTable>, 'user_id'>,
): Promise<Result<Account, 'unknown'>> {
  const row = await db
    .updateTable('users')
    .set(set)
    .where('user_id', '=', userId)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? err('unknown') : ok(accountOf(row))
}

/** As `link`; an email that another account has is left out. */
async function linked(
  db: Db,
  userId: UserId,
  identity: Identity,
  account: NewAccount,
  nowMs: number,
): ReturnType<AccountStore['linkIdentity']> {
  try {
    return await link(db, userId, identity, account, nowMs)
  } catch (error) {
    const constraint = brokenConstraint(error)
    if (constraint === 'users_social') return err('identity_taken')
    if (constraint !== 'users_email' || account.email === null) throw error
    // The identity may be taken too: PostgreSQL names one of the two.
    return linked(db, userId, identity, { ...account, email: null }, nowMs)
  }
}

/** The row of a guest, or a new one, gets the identity, unless it has another or is gone. */
async function link(
  db: Db,
  userId: UserId,
  { provider, subject }: Identity,
  { email, displayName, avatarUrl, region }: NewAccount,
  nowMs: number,
): Promise<Result<Account, 'already_linked' | 'gone'>> {
  const now = iso(nowMs)
  const { rows } = await sql<AccountRow>`
    insert into users (user_id, email, display_name, avatar_url, social_provider, social_id, created_at, updated_at, last_login, region)
    values (${userId}, ${email}, ${displayName}, ${avatarUrl}, ${provider}, ${subject}, ${now}, ${now}, ${now}, ${region})
    on conflict (user_id) do update set
      email = coalesce(excluded.email, users.email), avatar_url = coalesce(users.avatar_url, excluded.avatar_url),
      social_provider = excluded.social_provider, social_id = excluded.social_id, updated_at = excluded.updated_at,
      last_login = excluded.last_login, region = coalesce(users.region, excluded.region)
    where users.is_active and (users.social_provider is null
      or (users.social_provider = excluded.social_provider and users.social_id = excluded.social_id))
    returning *`.execute(db)
  if (rows[0] !== undefined) return ok(accountOf(rows[0]))
  const present = await accountById(db, userId)
  return err(present?.state === 'active' ? 'already_linked' : 'gone')
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
