import { join } from 'node:path'
import { accountServices } from './api/account-services.ts'
import { openAccounts } from './api/accounts/open.ts'
import { apiApp } from './api/api.ts'
import { createHistory } from './api/history/history.ts'
import { createKeys } from './api/keys/keys.ts'
import { createLeaderboard } from './api/leaderboard/leaderboard.ts'
import { createStatistics } from './api/statistics/statistics.ts'
import { EMBEDDED_CALL_TIMEOUT_MS, storeGuard } from './api/store-guard.ts'
import { configOrExit } from './config.ts'
import { systemClock as clock, delay } from './kit/clock.ts'
import { jsonLog } from './kit/log.ts'
import { systemRandom as random } from './kit/random.ts'
import { version } from './kit/version.ts'
import { createMatchmaker } from './matchmaker/matchmaker.ts'
import { showCounts } from './matchmaker/metrics.ts'
import { openEmbeddedPersistence } from './persistence/embedded.ts'
import { openDatabase, openResultStores } from './persistence/open-stores.ts'
import { auditLog } from './ports/audit-log.ts'
import { refusingEnded, watchEnded } from './ports/auth/ended-watch.ts'
import { localVerifier } from './ports/auth/token-verifier.ts'
import type { NodeName } from './ports/bus.ts'
import { fileInvites } from './ports/file/invites.ts'
import { makeFolder } from './ports/file/make-folder.ts'
import { openFileSigner } from './ports/file/signer.ts'
import { fileTicketQueue } from './ports/file/ticket-queue.ts'
import { fileUserIndex } from './ports/file/user-index.ts'
import type { GameStore } from './ports/game-store.ts'
import { storedKeys } from './ports/http/gate/find-key.ts'
import { type MemoryExchange, memoryBus } from './ports/memory/bus.ts'
import { memoryIdempotencyStore } from './ports/memory/idempotency-store.ts'
import { memoryNodeRegistry } from './ports/memory/node-registry.ts'
import { memoryRateLimiter } from './ports/memory/rate-limiter.ts'
import type { ResultSource } from './ports/memory/result-outbox.ts'
import { memoryTroubles } from './ports/memory/troubles.ts'
import { postgresAccountStore } from './ports/postgres/account-store.ts'
import { postgresApiKeyStore } from './ports/postgres/api-key-store.ts'
import { postgresRankings } from './ports/postgres/rankings.ts'
import { postgresStatsStore } from './ports/postgres/stats-store.ts'
import { API_PREFIXES } from './server/http/forward.ts'
import { runServer } from './server/run.ts'
import { type FileLedger, fileLedger } from './server/shard/file-ledger.ts'
import type { ShardId } from './server/shard/ledger.ts'

/** At the end, for what is being written, ms. */
const RESULTS_CLOSE_MS = 5_000
const config = configOrExit('start')
const log = jsonLog(config.logLevel, { process: 'oxo', node: config.nodeId })
const base = { clock, random, log }

await makeFolder(config.dataDir).catch((error: Error) =>
  exitWith(`DATA_DIR ${config.dataDir} cannot be created: ${error.message}`),
)
const audit = auditLog(config.logLevel, { process: 'oxo', node: config.nodeId })
const embedded = {
  databaseUrl: null,
  databaseIam: false,
  databaseMigrate: true,
  dynamodbEndpoint: null,
  awsRegion: null,
  dataDir: config.dataDir,
}
const database = openDatabase(embedded, 'oxo', log)
const guard = storeGuard(clock, { callTimeoutMs: EMBEDDED_CALL_TIMEOUT_MS }).guard
const accountStore = guard(postgresAccountStore(database))
const stats = guard(postgresStatsStore(database))
const apiKeys = guard(postgresApiKeyStore(database))
const opened = await openAccounts(
  { ...config, valkeyUrl: null, commitReplicas: 0 },
  {
    ...base,
    audit,
    accounts: accountStore,
    issuer: config.authIssuer,
    region: config.region,
  },
)
if (!opened.ok) exitWith(opened.error)
const accounts = opened.value
const ended = await watchEnded(clock, log, accounts.ended)
const verify = refusingEnded(localVerifier(accounts.jwks, config.authIssuer, clock), ended)
const stored = await openStores(config.dataDir).catch((error: Error) => exitWith(error.message))
const { ledger, users, tickets, invites, registry } = stored
const exchange: MemoryExchange = new Map()
const troubles = memoryTroubles(clock)
const openedSigner = await openFileSigner(config.recordKeysFile, base)
if (!openedSigner.ok) exitWith(openedSigner.error)
const signer = openedSigner.value
let openedGames: (games: GameStore) => void = () => {}
const openingGames = new Promise<GameStore>((resolve) => {
  openedGames = resolve
})
/** Finished games; who asks before their store is open waits for it. */
const games: Pick<GameStore, 'get' | 'history' | 'rename'> = {
  get: async (gameId) => (await openingGames).get(gameId),
  history: async (userId, page) => (await openingGames).history(userId, page),
  rename: async (userId, name) => (await openingGames).rename(userId, name),
}
const services = apiApp(
  {
    accounts: accountServices(accounts, {
      ...base,
      accounts: accountStore,
      apiKeys,
      users,
      stats,
      games,
      regions: [config.region, ...config.regions],
    }),
    history: createHistory({ games, signer, log }),
    statistics: createStatistics(stats, log),
    leaderboard: createLeaderboard(guard(postgresRankings(database)), log),
    keys: createKeys({ ...base, keys: apiKeys }),
  },
  { ...base, repeats: memoryIdempotencyStore(clock) },
)

const { server, port, adminPort, stop } = await runServer(
  base,
  config,
  {
    durability: 'disk',
    ledger,
    users,
    tickets,
    invites,
    registry,
    troubles,
    bus: memoryBus(clock, exchange),
    verify,
    audit,
    findKey: storedKeys(apiKeys, clock),
    limiter: memoryRateLimiter(clock),
    finished: games,
  },
  [
    {
      prefixes: API_PREFIXES,
      fetch: (request, passage) => services.fetch(request, passage),
      openapi: services.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Oxo', version } }),
    },
  ],
).catch((error: Error) => exitWith(error.message))

const matchmaker = createMatchmaker({
  ...base,
  tickets,
  region: config.region,
  leader: server.node,
  place: server.place,
  expired: (ticket) => server.ticketExpired(ticket.userId, ticket.id),
})
showCounts(server.metrics.registry, matchmaker.counts, clock, config.region)
matchmaker.start()
log.info('server_ready', { port, adminPort, url: `http://localhost:${port}` })
// The databases take a moment to open: players need not wait for them, results do.
const results = openResults().catch((error: Error) => exitWith(error.message))

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    log.info('server_draining', { signal })
    await matchmaker.stop()
    await stop()
    ended.stop()
    // What is being written ends, or stays in the outbox: a database that opens or hangs holds up nobody's restart.
    await Promise.race([results.then((opened) => opened.close()), delay(clock, RESULTS_CLOSE_MS)])
    await Promise.all([accounts.close(), users.close(), tickets.close(), invites.closeFile()])
    await ledger.close()
    log.info('server_stopped')
    process.exit(0)
  })
}

/** The ledger first: it locks the folder. The shards that the last process left are found as those of a dead server. */
async function openStores(dataDir: string) {
  const ledger = await fileLedger(clock, dataDir)
  const registry = memoryNodeRegistry(clock)
  await registry.publish(ledger.shards.map((shard) => ({ shard, epoch: 0, node: 'gone.0' as NodeName })))
  const [users, tickets, invites] = await Promise.all([
    fileUserIndex(join(dataDir, 'users.log')),
    fileTicketQueue(join(dataDir, 'tickets.log'), clock),
    fileInvites(join(dataDir, 'invites.log')),
  ])
  return { ledger, users, tickets, invites, registry }
}

/** Begins to bring finished games to the databases of `DATA_DIR`. */
async function openResults() {
  const { dataDir } = config
  const stores = await openResultStores(embedded, database)
  openedGames(stores.games)
  const persistence = await openEmbeddedPersistence({
    ...base,
    dataDir,
    results: resultsOf(ledger),
    stores,
    signer,
    users,
    registry,
    bus: memoryBus(clock, exchange),
    troubles,
  })
  persistence.start()
  log.info('persistence_ready')
  return {
    async close(): Promise<void> {
      await persistence.stop()
      await stores.close()
    },
  }
}

const resultsOf = ({ store, results, deliver }: FileLedger): ResultSource => ({
  runId: () => store.runId,
  shards: () => store.shards.keys(),
  results: (shard) => results(shard as ShardId),
  deliver: (shard, ids) => deliver(shard as ShardId, ids),
})

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
