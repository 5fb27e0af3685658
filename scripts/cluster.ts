import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from './local-cluster.ts'
import { startLocalOidc, writeProviders } from './local-oidc.ts'

/**
 * `npm run cluster -- --servers 3 [--restart]`: every process on this machine, and, unless AUTH_PROVIDERS_FILE names others, a provider to sign
 * in with; Ctrl-C ends them all.
 */
const { values } = parseArgs({
  options: { servers: { type: 'string', default: '3' }, restart: { type: 'boolean', default: false } },
})
const servers = Number(values.servers)
if (!Number.isInteger(servers) || servers < 1 || servers > 20) {
  process.stderr.write('--servers must be 1..20\n')
  process.exit(1)
}

const folder = await mkdtemp(join(tmpdir(), 'oxo-providers-'))
const providersFile = process.env.AUTH_PROVIDERS_FILE || join(folder, 'providers.json')
const oidc = process.env.AUTH_PROVIDERS_FILE ? null : await startLocalOidc()
if (oidc !== null) await writeProviders(oidc, providersFile)

const starting = startCluster({
  servers,
  env: { AUTH_PROVIDERS_FILE: providersFile },
  line: (name, line) => process.stderr.write(`${name} ${line}\n`),
  died: (name, how) => {
    process.stderr.write(`${name} ended: ${how}\n`)
    if (values.restart && name.startsWith('server-')) void cluster.addServer(name).then(print)
  },
}).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return process.exit(1)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await (await starting).stop()
    await oidc?.stop()
    await rm(folder, { recursive: true, force: true })
    process.exit(0)
  })
}
const cluster = await starting
print()

function print(): void {
  process.stdout.write(`${JSON.stringify(cluster.view())}\n`)
}
