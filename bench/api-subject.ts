import { apiApp, createApi } from '../api/api.ts'
import { openShared } from '../api/open-shared.ts'
import { storeGuard } from '../api/store-guard.ts'
import { everyService, identity, sessionOf, testStores } from '../api/test-services.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { silentLog as log } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { createClientAddress } from '../ports/http/client-address.ts'
import { NOBODY } from '../ports/http/gate/access.ts'
import { noKeys } from '../ports/http/gate/keys.ts'
import { quotasOf } from '../ports/http/gate/limits.ts'
import { testPassage } from '../ports/http/gate/test-gate.ts'
import { type FetchHandler, listen, nodeServer } from '../ports/http/node-server.ts'
import { postgresAccountStore } from '../ports/postgres/account-store.ts'
import { postgresApiKeyStore } from '../ports/postgres/api-key-store.ts'
import { openPostgres } from '../ports/postgres/open.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'

/**
 * The process that the bench `api` measures: the services on PostgreSQL at DATABASE_URL, once behind the gate as `npm run api` has it, with its counts
 * in VALKEY_URL, and once without. One line of JSON on standard output says where, and who plays there.
 */
const PLAYERS = 1_000
const PER_MINUTE = 100_000_000

const opened = openPostgres({
  ...{ databaseUrl: process.env.DATABASE_URL!, databaseIam: false, awsRegion: null, dataDir: '' },
  ...{ databaseMigrate: true, name: 'bench' },
})
if (!opened.ok) throw new Error(opened.error)
const database = opened.value
const { guard } = storeGuard(clock)
const accounts = guard(postgresAccountStore(database))
const stats = postgresStatsStore(database)
const stores = {
  ...testStores(),
  clock,
  random,
  accounts,
  stats: guard(stats),
  apiKeys: guard(postgresApiKeyStore(database)),
}
const { services, mint, verify } = await everyService(stores)

const players = Array.from({ length: PLAYERS }, (_, i) => identity(`player-${i}`))
for (const { userId, name } of players)
  await accounts.ensureGuest(userId, { displayName: name, region: 'eu' }, clock.now())
const games = players.map(({ userId }, i) => finishedGameOf({ players: [userId, players[(i + 1) % PLAYERS]!.userId] }))
for (let i = 0; i < games.length; i += 100) await stats.apply(games.slice(i, i + 100))

const shared = openShared(process.env.VALKEY_URL!, { clock, log })
const api = createApi(services, {
  ...{ clock, random, log, audit() {}, verify, findKey: noKeys, ...shared },
  quotas: quotasOf({ signedIn: PER_MINUTE, anonymous: PER_MINUTE }),
  allowedOrigins: [],
  clientAddress: createClientAddress([]),
})
const app = apiApp(services, stores)
const passage = testPassage({ caller: NOBODY })
const bare: FetchHandler = { handle: (request) => app.fetch(request, passage), refuse: api.refuse }

const ports: number[] = []
for (const handler of [api, bare]) {
  const port = await listen(nodeServer(handler), 0, '127.0.0.1')
  if (!port.ok) throw new Error(port.error)
  ports.push(port.value)
}
const tokens = await Promise.all(players.slice(0, 100).map(async (who) => (await mint(sessionOf(who))).accessToken))
const [gated, open] = ports
process.stdout.write(`${JSON.stringify({ gated, open, tokens, players: players.map(({ userId }) => userId) })}\n`)
