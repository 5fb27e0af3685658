import { err, ok, type Result } from '../../kit/result.ts'
import type { AccountStore, Role } from '../../ports/account-store.ts'
import type { Audit } from '../../ports/audit.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import { isUserId, type UserId } from '../../protocol/ids.ts'

export const USAGE = 'usage: npm run admin -- grant USERID | revoke USERID | reset-otp USERID'

/** What an operator's commands change. */
export interface OperatorDeps {
  readonly accounts: AccountStore
  readonly sessions: Pick<SessionStore, 'amend'>
  readonly audit: Audit
  readonly nowMs: number
}

/** Runs one command; what was done, or what is wrong, in one line. */
export async function runCommand(deps: OperatorDeps, args: readonly string[]): Promise<Result<string, string>> {
  const [command, userId, ...others] = args
  if (userId === undefined || others.length > 0) return err(USAGE)
  if (!isUserId(userId)) return err(`${JSON.stringify(userId)} is no user id: 1 to 64 of A-Z a-z 0-9 _ -`)
  const { accounts, audit, nowMs } = deps

  async function setRole(userId: UserId, role: Role): Promise<Result<void, string>> {
    // A guest has no account before the first game or change of the profile; the first admin is often such a one.
    if (role === 'admin') await accounts.ensureGuest(userId, { displayName: 'Admin', region: null }, nowMs)
    const changed = await accounts.setRole(userId, role, nowMs)
    if (!changed.ok) return err(`${userId} is deleted, or has no account`)
    await deps.sessions.amend(userId, role === 'admin' ? { role } : { role, amr: [] })
    audit('role_changed', { outcome: 'done', requestId: null, target: userId, how: role })
    return ok(undefined)
  }

  switch (command) {
    case 'grant': {
      const done = await setRole(userId, 'admin')
      return done.ok ? ok(`${userId} is an admin, from the next refresh of the tokens and a one-time code on`) : done
    }
    case 'revoke': {
      const done = await setRole(userId, 'player')
      return done.ok ? ok(`${userId} is no admin any more`) : done
    }
    case 'reset-otp':
      await accounts.clearSecondFactor(userId)
      await deps.sessions.amend(userId, { amr: [] })
      audit('role_changed', { outcome: 'done', requestId: null, target: userId, how: 'second factor removed' })
      return ok(`${userId} has no second factor and may enrol one`)
    default:
      return err(USAGE)
  }
}
