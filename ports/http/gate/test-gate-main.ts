import { systemClock as clock } from '../../../kit/clock.ts'
import { jsonLog } from '../../../kit/log.ts'
import { systemRandom as random } from '../../../kit/random.ts'
import { err, ok } from '../../../kit/result.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { silentAudit } from '../../audit.ts'
import { valkeyInBackground } from '../../valkey/background.ts'
import { valkeyRateLimiter } from '../../valkey/rate-limiter.ts'
import { createClientAddress } from '../client-address.ts'
import { errorResponse } from '../error-response.ts'
import { listen, nodeServer } from '../node-server.ts'
import { createGate } from './gate.ts'
import { rememberKeys } from './keys.ts'
import { quotasOf } from './limits.ts'

/** For tests: a process that has nothing but a gate. Tokens are `user-NAME`; every well-formed key is good. */
const log = jsonLog('info', { process: 'gate' })
const valkey = valkeyInBackground({ url: process.env.VALKEY_URL!, name: 'gate', clock, log })
const gate = createGate({
  ...{ clock, random, log, audit: silentAudit, allowedOrigins: [], isExempt: (path) => path === '/health' },
  verify: async (jwt) =>
    jwt.startsWith('user-')
      ? ok({ userId: jwt as UserId, name: jwt, sessionId: 's', region: 'eu', expiresAtMs: 1e15 })
      : err('invalid'),
  findKey: rememberKeys(async (key) => ({ keyId: key, userId: 'owner' as UserId, scopes: [] }), clock),
  limiter: valkeyRateLimiter(valkey, clock, log),
  quotas: quotasOf({ signedIn: 1_000, anonymous: 100 }),
  clientAddress: createClientAddress([]),
})
const server = nodeServer({
  handle: (request, peer) =>
    gate.handle(request, peer, () => Response.json({ connected: valkey.current()?.status === 'ready' })),
  refuse: (why, status) => errorResponse(why, 'none', clock.now(), {}, status),
})
const port = await listen(server, 0, '127.0.0.1')
log.info('gate_ready', { port: port.ok ? port.value : null })
process.once('SIGTERM', () => process.exit(0))
