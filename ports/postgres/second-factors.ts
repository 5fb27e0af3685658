import { type Kysely, sql } from 'kysely'
import { err, ok } from '../../kit/result.ts'
import {
  type AccountStore,
  SECOND_FACTOR_TRIES_MAX,
  SECOND_FACTOR_WINDOW_MS,
  type SecondFactor,
} from '../account-store.ts'
import type { Tables } from './tables.ts'

type SecondFactors = Pick<
  AccountStore,
  'secondFactor' | 'enrolSecondFactor' | 'trySecondFactor' | 'useSecondFactor' | 'clearSecondFactor'
>
interface FactorRow {
  readonly secret: string
  readonly last_step: number | null
}

/** One row a user; each change is one statement that checks what it rests on. */
export function postgresSecondFactors(
  db: Kysely<Tables>,
  ask: <T>(call: () => Promise<T>) => Promise<T>,
): SecondFactors {
  return {
    secondFactor: (userId) =>
      ask(async () => {
        const { rows } = await sql<FactorRow>`
          select secret, last_step from second_factors where user_id = ${userId}`.execute(db)
        return rows[0] === undefined ? null : factorOf(rows[0])
      }),
    enrolSecondFactor: (userId, secret) =>
      ask(async () => {
        const { rows } = await sql<{ secret: string | null }>`
          with account as (select user_id from users where user_id = ${userId} and deleted_at is null for share),
          enrolled as (
            insert into second_factors (user_id, secret) select user_id, ${secret}::text from account
            on conflict (user_id) do update set secret = excluded.secret where second_factors.last_step is null
            returning user_id, secret)
          select enrolled.secret from account left join enrolled using (user_id)`.execute(db)
        if (rows[0] === undefined) return err('unknown')
        return rows[0].secret === null ? err('already_enrolled') : ok(undefined)
      }),
    trySecondFactor: (userId, nowMs) =>
      ask(async () => {
        const now = iso(nowMs)
        const windowEnds = iso(nowMs - SECOND_FACTOR_WINDOW_MS)
        const { rows } = await sql<FactorRow>`
          update second_factors set
            tries = case when window_at <= ${windowEnds}::timestamptz then 1 else tries + 1 end,
            window_at = case when window_at <= ${windowEnds}::timestamptz then ${now}::timestamptz else window_at end
          where user_id = ${userId}
            and (window_at <= ${windowEnds}::timestamptz or tries < ${SECOND_FACTOR_TRIES_MAX}::integer)
          returning secret, last_step`.execute(db)
        if (rows[0] !== undefined) return ok(factorOf(rows[0]))
        const { rows: windows } = await sql<{ window_at: Date }>`
          select window_at from second_factors where user_id = ${userId}`.execute(db)
        if (windows[0] === undefined) return err('none')
        return err({ notBeforeMs: windows[0].window_at.getTime() + SECOND_FACTOR_WINDOW_MS })
      }),
    useSecondFactor: (userId, secret, step) =>
      ask(async () => {
        const { numAffectedRows } = await sql`
          update second_factors set last_step = ${step}, tries = 0, window_at = 'epoch'
          where user_id = ${userId} and secret = ${secret} and coalesce(last_step, -1) < ${step}`.execute(db)
        return numAffectedRows === 1n
      }),
    clearSecondFactor: (userId) =>
      ask(async () => {
        await sql`delete from second_factors where user_id = ${userId}`.execute(db)
      }),
  }
}

const factorOf = ({ secret, last_step }: FactorRow): SecondFactor => ({ secret, lastStep: last_step })
const iso = (atMs: number): string => new Date(atMs).toISOString()
