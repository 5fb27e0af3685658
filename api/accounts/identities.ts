import { err, ok, type Result } from '../../kit/result.ts'
import type { Account, NewAccount } from '../../ports/account-store.ts'
import { endSession } from '../../ports/ended-sessions.ts'
import type { Session } from '../../ports/session-store.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { AccountsDeps } from './deps.ts'
import { guestName } from './guest-name.ts'
import type { Person } from './provider.ts'
import { newSession, newUserId } from './session-tokens.ts'

/** Two sign-ins of one new person at once: each loses at most one race. */
const TRIES = 3
/** How an account's session was proved (`amr`): by another party. */
const FEDERATED = 'fed'

const BANNED = refusal('FORBIDDEN', 'this account is closed')

export interface SignedInPerson {
  readonly session: Session
  /** The guest became this account and keeps games and id. */
  readonly linked: boolean
}

/**
 * A new session of the person's account. A new person becomes an account: the guest who asks, with id and games, else a fresh one. Whoever
 * has an account gets that one, and the guest's games stay the guest's. Either way the guest's session ends.
 */
export async function signInPerson(
  deps: AccountsDeps,
  person: Person,
  guest: Session | null,
): Promise<Result<SignedInPerson, Refusal>> {
  const found = await accountOf(deps, person, guest)
  if (!found.ok) return found
  const { userId, displayName, region, role } = found.value
  const session = newSession(deps, {
    userId,
    kind: 'account',
    name: displayName,
    region: region ?? deps.region,
    role,
    amr: [FEDERATED],
  })
  await deps.sessions.create(session)
  if (guest !== null) await endSession(deps, guest.userId, guest.id)
  return ok({ session, linked: guest?.userId === userId })
}

async function accountOf(
  { accounts, clock, random, region }: AccountsDeps,
  { provider, subject, email }: Person,
  guest: Session | null,
): Promise<Result<Account, Refusal>> {
  const identity = { provider, subject }
  let userId = guest?.userId ?? newUserId(random)
  for (let tries = 1; tries <= TRIES; tries++) {
    const account = await accounts.findByIdentity(identity)
    if (account !== null) {
      if (account.state !== 'active') return err(BANNED)
      await accounts.touchLogin(account.userId, clock.now())
      return ok(account)
    }
    // A name that others may see is not taken from the provider: it may be the person's own.
    const fresh: NewAccount = {
      email,
      displayName: guest?.name ?? guestName(random),
      avatarUrl: null,
      region: guest?.region ?? region,
    }
    const linked = await accounts.linkIdentity(userId, identity, fresh, clock.now())
    if (linked.ok) return linked
    if (linked.error === 'gone') return err(BANNED)
    // The guest's id is an account already: whoever holds a guest's token alone gets nothing of it.
    if (linked.error === 'already_linked') userId = newUserId(random)
  }
  throw new StoreUnavailable('the account changed hands again and again')
}
