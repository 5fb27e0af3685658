import type { z } from '@hono/zod-openapi'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Account, AccountStore, ProfileChanges } from '../../ports/account-store.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { isUserId } from '../../protocol/ids.ts'
import { avatarUrlOf, displayNameOf, isReserved } from './names.ts'
import type { ProfileChange } from './schemas.ts'

export const NO_SUCH_USER = refusal('NOT_FOUND', 'no such user')
const NOT_YOURS = refusal('FORBIDDEN', 'this is the profile of somebody else')
const GUESTS_HAVE_NO_USERNAME = refusal('FORBIDDEN', 'guests have no username: sign in first')
/** Who is deleted has an access token for some minutes still. */
const GONE = refusal('UNAUTHENTICATED', 'this account is deleted')
/** Reserved or taken: nobody learns which. */
const notAvailable = (username: string): Refusal =>
  refusal('STALE', 'this username is not available', { field: 'username', username })

/** What everybody may see of a player; of one who is deleted, nothing but the pseudonym in games. */
export async function findPublic(accounts: AccountStore, userId: string): Promise<Result<Account, Refusal>> {
  const account = isUserId(userId) ? await accounts.get(userId) : null
  return account === null || account.state === 'deleted' ? err(NO_SUCH_USER) : ok(account)
}

/** `createdAtMs` null: nothing is stored yet. */
export type OwnAccount = Omit<Account, 'createdAtMs'> & { readonly createdAtMs: number | null }

/** The account of a token's user; of a guest of whom nothing is stored, what the token says. */
export async function findOwn(
  accounts: AccountStore,
  { userId, name, region }: Identity,
  nowMs: number,
): Promise<Result<OwnAccount, Refusal>> {
  const account = await accounts.get(userId)
  if (account !== null) return account.state === 'deleted' ? err(GONE) : ok(account)
  return ok({
    ...{ userId, displayName: name, region, identity: null, email: null, username: null, avatarUrl: null },
    ...{ role: 'player', state: 'active', createdAtMs: null, updatedAtMs: nowMs, lastLoginMs: null },
  })
}

/** What of a body may be stored, in the form in which it is stored. */
export function checkedChanges(
  body: z.output<typeof ProfileChange>,
  regions: readonly string[],
): Result<ProfileChanges, Refusal> {
  const { username, region } = body
  const displayName = body.displayName === undefined ? ok(undefined) : displayNameOf(body.displayName)
  if (!displayName.ok) return err(refusal('BAD_REQUEST', `displayName: ${displayName.error}`))
  const avatarUrl = typeof body.avatarUrl === 'string' ? avatarUrlOf(body.avatarUrl) : ok(body.avatarUrl)
  if (!avatarUrl.ok) return err(refusal('BAD_REQUEST', `avatarUrl: ${avatarUrl.error}`))
  if (region !== undefined && !regions.includes(region)) {
    return err(refusal('BAD_REQUEST', `region: must be one of ${regions.join(', ')}`))
  }
  if (typeof username === 'string' && isReserved(username)) return err(notAvailable(username))
  return ok({
    ...(username !== undefined && { username }),
    ...(displayName.value !== undefined && { displayName: displayName.value }),
    ...(avatarUrl.value !== undefined && { avatarUrl: avatarUrl.value }),
    ...(region !== undefined && { region }),
  })
}

/** Changes the profile `target` (`me` or an id), if it is the caller's own. */
export async function changeProfile(
  accounts: AccountStore,
  { userId, name, region }: Identity,
  target: string,
  changes: ProfileChanges,
  nowMs: number,
): Promise<Result<Account, Refusal>> {
  if (target !== userId && target !== 'me') return err(NOT_YOURS)
  const present = await accounts.ensureGuest(userId, { displayName: name, region }, nowMs)
  if (typeof changes.username === 'string' && present.identity === null) return err(GUESTS_HAVE_NO_USERNAME)
  const changed = await accounts.updateProfile(userId, changes, nowMs)
  if (changed.ok) return changed
  return err(changed.error === 'unknown' ? GONE : notAvailable(changes.username ?? ''))
}
