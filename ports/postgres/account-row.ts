import type { Selectable } from 'kysely'
import type { Account, AccountState } from '../account-store.ts'
import type { UsersTable } from './tables.ts'

export type AccountRow = Selectable<UsersTable>

export const accountOf = (row: AccountRow): Account => ({
  userId: row.user_id,
  identity:
    row.social_provider === null || row.social_id === null
      ? null
      : { provider: row.social_provider, subject: row.social_id },
  email: row.email,
  username: row.username,
  displayName: row.display_name,
  avatarUrl: row.avatar_url,
  region: row.region,
  role: row.role,
  state: stateOf(row),
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
  lastLoginMs: row.last_login?.getTime() ?? null,
})

function stateOf({ deleted_at, is_active }: AccountRow): AccountState {
  if (deleted_at !== null) return 'deleted'
  return is_active ? 'active' : 'banned'
}
