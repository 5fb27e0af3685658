import type { Migration } from 'kysely/migration'
import * as statistics from './0001-statistics.ts'
import * as accounts from './0002-accounts.ts'
import * as apiKeys from './0003-api-keys.ts'

/**
 * Every change of the schema, in order; what was released is never edited. Two releases run side by side during a deploy, so each change must leave
 * the release before working: expand (add tables, columns with defaults or null, indexes), then a release that uses it, and only in the one after that
 * contract (drop what nobody reads any more). There is no way down: a step back is a new migration. All that are due run in one transaction.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-statistics': statistics,
  '0002-accounts': accounts,
  '0003-api-keys': apiKeys,
}
