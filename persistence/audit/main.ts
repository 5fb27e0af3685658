import { parseArgs } from 'node:util'
import { configOrExit } from '../../config.ts'
import { systemClock as clock } from '../../kit/clock.ts'
import { openPostgres } from '../../ports/postgres/open.ts'
import { postgresStatsAudit } from '../../ports/postgres/stats-audit.ts'
import { openResultStores } from '../open-stores.ts'
import { auditStatistics } from './audit.ts'

/**
 * `npm run audit [-- --repair] [--settle SECONDS]`: a line of JSON for each difference, then one that sums up. Exit 1 on any that was not repaired, 2
 * when there is no answer. While games are being finished, `--settle` leaves those out that ended so recently: they may be on their way to a store.
 */
const config = configOrExit('audit')
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const { repair, settle } = parseArgs({
    options: { repair: { type: 'boolean', default: false }, settle: { type: 'string', default: '0' } },
  }).values
  if (!/^\d{1,7}$/.test(settle)) throw new Error('--settle takes seconds')
  const database = openPostgres({ ...config, name: 'audit' }, true)
  if (!database.ok) throw new Error(database.error)
  const stores = await openResultStores(config, database.value)
  const summary = await auditStatistics({
    games: stores.games.all(),
    audit: postgresStatsAudit(database.value),
    settledUntilMs: Number(settle) === 0 ? Number.POSITIVE_INFINITY : clock.now() - Number(settle) * 1_000,
    repair,
    report: say,
  }).finally(() => stores.close())
  say(summary)
  process.exitCode = summary.differences > 0 && !repair ? 1 : 0
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 2
}
