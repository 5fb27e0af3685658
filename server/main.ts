import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { auditLog } from '../ports/audit-log.ts'
import { refusingEnded, watchEnded } from '../ports/auth/ended-watch.ts'
import { jwksVerifier } from '../ports/auth/token-verifier.ts'
import { openGameStore } from '../ports/dynamodb/open.ts'
import { remoteKeys } from '../ports/http/gate/find-key.ts'
import { noKeys } from '../ports/http/gate/keys.ts'
import { valkeyInBackground } from '../ports/valkey/background.ts'
import { valkeyBus } from '../ports/valkey/bus.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import { durabilityOf } from '../ports/valkey/durability.ts'
import { valkeyEndedSessions } from '../ports/valkey/ended-sessions.ts'
import { valkeyInvites } from '../ports/valkey/invites.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyRateLimiter } from '../ports/valkey/rate-limiter.ts'
import { valkeyStoreLife } from '../ports/valkey/store-life.ts'
import { valkeyStoreMemory } from '../ports/valkey/store-memory.ts'
import { valkeyTicketQueue } from '../ports/valkey/ticket-queue.ts'
import { valkeyTroubles } from '../ports/valkey/troubles.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'
import { forwardTo } from './http/forward.ts'
import { runServer } from './run.ts'
import { valkeyLedger } from './shard/valkey-ledger.ts'

const config = configOrExit('server')
const log = jsonLog(config.logLevel, { process: 'server', node: config.nodeId })

try {
  const valkeyUrl = await valkeyUrlOf(config)
  const connect = (purpose: string) =>
    connectValkey(valkeyUrl, {
      name: `${config.nodeId}-${purpose}`,
      onError: (error) => log.warn('valkey_connection_failed', { purpose, error }),
    })
  const [commits, leases, users] = await Promise.all([connect('commits'), connect('leases'), connect('users')])
  const writes = { replicas: config.commitReplicas }
  const cache = valkeyInBackground({
    ...{ url: config.valkeyCacheUrl ?? valkeyUrl, name: `${config.nodeId}-limits`, clock, log },
  })
  const ended = await watchEnded(clock, log, valkeyEndedSessions(users))
  const { port, adminPort, stop } = await runServer(
    { clock, random, log },
    config,
    {
      durability: await durabilityOf(commits, config.commitReplicas),
      ledger: valkeyLedger(commits, { leases, commitReplicas: config.commitReplicas }),
      users: valkeyUserIndex(users, writes),
      tickets: valkeyTicketQueue(users, writes),
      invites: valkeyInvites(users, writes),
      registry: valkeyNodeRegistry(leases),
      life: valkeyStoreLife(users),
      troubles: valkeyTroubles(users),
      storeMemory: valkeyStoreMemory(users),
      bus: await valkeyBus({ url: config.valkeyCacheUrl ?? valkeyUrl, name: config.nodeId, clock, log }),
      verify: refusingEnded(jwksVerifier({ jwksUrl: config.authJwksUrl, issuer: config.authIssuer, clock }), ended),
      audit: auditLog(config.logLevel, { process: 'server', node: config.nodeId }),
      findKey: config.apiUrl === null ? noKeys : remoteKeys(config.apiUrl, config.forwardSecret, clock),
      limiter: valkeyRateLimiter(cache, clock, log),
      finished: openGameStore(config),
    },
    config.apiUrl === null ? [] : [forwardTo(config.apiUrl, config.forwardSecret, clock)],
  )
  log.info('server_ready', { port, adminPort })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info('server_draining', { signal })
      await stop()
      ended.stop()
      cache.close()
      log.info('server_stopped')
      process.exit(0)
    })
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
