import { configOrExit } from '../../config.ts'
import { systemClock as clock } from '../../kit/clock.ts'
import { jsonLog } from '../../kit/log.ts'
import { auditLog } from '../../ports/audit-log.ts'
import { postgresAccountStore } from '../../ports/postgres/account-store.ts'
import { openPostgres } from '../../ports/postgres/open.ts'
import { openSessions } from '../accounts/open-sessions.ts'
import { runCommand } from './operator.ts'

/**
 * `npm run admin -- grant USERID | revoke USERID | reset-otp USERID`: who may administrate. It stands on the stores of the api: with those of `DATA_DIR`, `npm start`
 * must not run meanwhile.
 */
const config = configOrExit('admin')
const log = jsonLog(config.logLevel, { process: 'admin' })
const audit = auditLog(config.logLevel, { process: 'admin' })
try {
  const database = openPostgres({ ...config, databaseMigrate: true, name: 'admin' })
  if (!database.ok) throw new Error(database.error)
  const opened = await openSessions(config, { clock, log })
  if (!opened.ok) throw new Error(opened.error)
  const { sessions, close } = opened.value
  const stores = { accounts: postgresAccountStore(database.value), sessions }
  const done = await runCommand({ ...stores, audit, nowMs: clock.now() }, process.argv.slice(2)).finally(async () => {
    await close()
    await database.value.close()
  })
  if (!done.ok) throw new Error(done.error)
  process.stdout.write(`${done.value}\n`)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
