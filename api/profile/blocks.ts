import { err, ok, type Result } from '../../kit/result.ts'
import { type UserIndex, updateUser } from '../../ports/user-index.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'

/** Players that one player may block: the matchmaker reads them all for each pair. */
export const BLOCKS_MAX = 100
const FULL = refusal('FORBIDDEN', `${BLOCKS_MAX} players are blocked: unblock one first`)
const YOURSELF = refusal('BAD_REQUEST', 'nobody can block themselves')
const CONTENDED = refusal('UNAVAILABLE', 'the player is busy: try again', { retryAfterMs: 500 })

/** Puts `other` among those whom `userId` never meets. Safe to repeat. */
export async function block(users: UserIndex, userId: UserId, other: UserId): Promise<Result<void, Refusal>> {
  if (other === userId) return err(YOURSELF)
  const { record } = await users.get(userId)
  if (!record.blocked.includes(other) && record.blocked.length >= BLOCKS_MAX) return err(FULL)
  return changeBlocked(users, userId, (blocked) =>
    blocked.includes(other) || blocked.length >= BLOCKS_MAX ? null : [...blocked, other],
  ).then((done) => (done.includes(other) ? ok(undefined) : err(CONTENDED)))
}

export async function unblock(users: UserIndex, userId: UserId, other: UserId): Promise<Result<void, Refusal>> {
  const left = await changeBlocked(users, userId, (blocked) =>
    blocked.includes(other) ? blocked.filter((id) => id !== other) : null,
  )
  return left.includes(other) ? err(CONTENDED) : ok(undefined)
}

/** Nobody is blocked any more. */
export const unblockAll = (users: UserIndex, userId: UserId): Promise<readonly UserId[]> =>
  changeBlocked(users, userId, (blocked) => (blocked.length === 0 ? null : []))

/** What is blocked afterwards. `change` answers null to leave it. */
async function changeBlocked(
  users: UserIndex,
  userId: UserId,
  change: (blocked: readonly UserId[]) => readonly UserId[] | null,
): Promise<readonly UserId[]> {
  const changed = await updateUser(users, userId, (record) => {
    const blocked = change(record.blocked)
    return blocked === null ? null : { ...record, blocked }
  })
  return (changed ?? (await users.get(userId)).record).blocked
}
