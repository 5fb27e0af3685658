import { configOrExit } from '../config.ts'
import { jsonLog } from '../kit/log.ts'
import { openPostgres } from '../ports/postgres/open.ts'

/** `npm run migrate`: brings the schema up to this release. Processes do the same at their start unless `DATABASE_MIGRATE` is false. */
const config = configOrExit('migrate')
const log = jsonLog(config.logLevel, { process: 'migrate' })
try {
  const database = openPostgres({ ...config, databaseMigrate: true, name: 'migrate' }, true)
  if (!database.ok) throw new Error(database.error)
  await database.value.ready()
  await database.value.close()
  log.info('schema_up_to_date')
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
