import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { startRedis, type TestRedis } from '../../scripts/test-redis.ts'
import { busContract } from '../bus.contract.ts'
import { invitesContract } from '../invites.contract.ts'
import { nodeRegistryContract } from '../node-registry.contract.ts'
import { ticketQueueContract } from '../ticket-queue.contract.ts'
import { userIndexContract } from '../user-index.contract.ts'
import { valkeyBus } from './bus.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'
import { durabilityOf } from './durability.ts'
import { valkeyInvites } from './invites.ts'
import { valkeyNodeRegistry } from './node-registry.ts'
import { valkeyStoreLife } from './store-life.ts'
import { valkeyTicketQueue } from './ticket-queue.ts'
import { valkeyUserIndex } from './user-index.ts'

const SECRET = 'p@ss/word 100%'
const folder = mkdtempSync(join(tmpdir(), 'oxo-tls-'))
const file = (name: string): string => join(folder, name)
const trusted = getCACertificates('default')
let store: TestRedis
let url: string
let valkey: Valkey
/** Allowed to do everything, as the operator is. */
let operator: Redis

beforeAll(async () => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-subj', '/CN=test CA', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', file('store.key'), '-out', file('store.csr'))
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost')
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('names')]
  openssl('x509', '-req', '-in', file('store.csr'), ...signing, '-days', '2', '-out', file('store.pem'))
  const users = `user default off\nuser operator on >operator ~* &* +@all\n${documentedUser()}\n`
  writeFileSync(file('users.acl'), users)
  const port = await freePort()
  const tls = ['--tls-cert-file', file('store.pem'), '--tls-key-file', file('store.key')]
  const own = ['--tls-ca-cert-file', file('ca.pem'), '--tls-auth-clients', 'no', '--aclfile', file('users.acl')]
  store = await startRedis(['--port', '0', '--tls-port', String(port), ...tls, ...own])
  const ca = readFileSync(file('ca.pem'), 'utf8')
  url = `rediss://oxo:${encodeURIComponent(SECRET)}@localhost:${port}`
  operator = new Redis({ host: 'localhost', port, username: 'operator', password: 'operator', tls: { ca } })
  await expect(connectValkey(url, { name: 'stranger' }), 'the CA is unknown').rejects.toThrow(/certificate/)
  setDefaultCACertificates([...trusted, ca])
  valkey = await connectValkey(url, { name: 'test' })
}, 30_000)
beforeEach(() => operator.flushall())
afterAll(async () => {
  if (valkey !== undefined) closeValkey(valkey)
  operator?.disconnect()
  setDefaultCACertificates(trusted)
  await store?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The line of the runbook. */
function documentedUser(): string {
  const text = readFileSync(new URL('../../docs/runbooks/valkey.md', import.meta.url), 'utf8')
  const line = /^user oxo .*$/m.exec(text)![0]
  // A line of the file is split at spaces.
  return line.replace('>SECRET', `#${execFileSync('sha256sum', { input: SECRET, encoding: 'utf8' }).slice(0, 64)}`)
}

busContract('rediss', () => valkeyBus({ url, name: 'test', clock: systemClock, log: silentLog }))
userIndexContract('rediss', async () => valkeyUserIndex(valkey))
invitesContract('rediss', async () => valkeyInvites(valkey))
nodeRegistryContract('rediss', async () => ({
  registry: valkeyNodeRegistry(valkey),
  async pass(ms) {
    for (const node of await operator.zrange('{n}:alive', '0', '-1')) await operator.zincrby('{n}:alive', -ms, node)
  },
}))
ticketQueueContract('rediss', async () => ({
  queue: valkeyTicketQueue(valkey),
  async pass(ms) {
    for (const region of ['local', 'far']) await operator.hincrby(`{q:${region}}:leader`, 'until', -ms)
  },
}))

test('rediss: [least privilege] the user may do what the adapters do, and nothing else', async () => {
  expect(await durabilityOf(valkey, 0)).toBe('process')
  expect(await valkeyStoreLife(valkey).current()).toMatch(/^\w{40}$/)
  const denied = (await operator.acl('LOG')) as string[][]
  expect(denied.map((entry) => entry[entry.indexOf('object') + 1])).toEqual([])
  const refused = [
    ['FLUSHALL'],
    ['CONFIG', 'SET', 'maxmemory', '0'],
    ['KEYS', '*'],
    ['ACL', 'LIST'],
    ['SHUTDOWN'],
  ] as const
  for (const [command, ...args] of refused) {
    await expect(valkey.call(command, ...args), command).rejects.toThrow('NOPERM')
  }
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
