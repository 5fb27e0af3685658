import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { silentLog as log } from '../../kit/log.ts'
import { systemRandom as random } from '../../kit/random.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { silentAudit as audit } from '../../ports/audit.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { openAccounts } from './open.ts'
import { readProviders } from './providers-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-providers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'providers.json')

const good = {
  name: 'example',
  title: 'Example',
  issuer: 'https://accounts.example',
  clientId: 'oxo',
  clientSecret: 'a-well-kept-secret',
}

function read(providers: unknown) {
  writeFileSync(path, JSON.stringify({ providers }))
  return readProviders(path)
}

test('[config] takes providers over https, and over http on this machine only', async () => {
  const local = { ...good, name: 'local', issuer: 'http://127.0.0.1:9000', audiences: ['app'] }
  expect(await read([good, local])).toEqual({ ok: true, value: [{ ...good, audiences: [] }, local] })
})

test.each([
  ['http elsewhere', [{ ...good, issuer: 'http://accounts.example' }], 'providers.0.issuer'],
  ['another scheme', [{ ...good, issuer: 'file:///etc' }], 'providers.0.issuer'],
  ['no URL', [{ ...good, issuer: 'accounts' }], 'providers.0.issuer'],
  ['a name for no path', [{ ...good, name: 'A B' }], 'providers.0.name'],
  ['a name twice', [good, good], 'providers'],
  ['an unknown field', [{ ...good, secret: 'x' }], 'providers.0'],
  ['no list', {}, 'providers'],
])('[config] refuses %s, and names the place, never a value', async (_, providers, place) => {
  expect(await read(providers)).toEqual({ ok: false, error: `auth providers file ${path}: wrong at ${place}` })
})

test('[config] a file that is not there, or not JSON, is one clear line without its text', async () => {
  expect(await readProviders(join(folder, 'none'))).toMatchObject({ ok: false, error: expect.stringMatching(/ENOENT/) })
  writeFileSync(path, '{"clientSecret": "a-well-kept')
  expect(await readProviders(path)).toEqual({ ok: false, error: `auth providers file ${path}: not JSON` })
})

test('[config] providers elsewhere must know where players come back to', async () => {
  writeFileSync(path, JSON.stringify({ providers: [good] }))
  const files = { dataDir: folder, authKeysFile: join(folder, 'keys.json'), authProvidersFile: path }
  const config = { ...files, valkeyUrl: null, commitReplicas: 0 }
  const clock = virtualClock()
  const deps = { clock, random, log, audit, accounts: memoryAccountStore(), issuer: 'oxo', region: 'local' }
  expect(await openAccounts({ ...config, publicUrl: null }, deps)).toEqual({
    ok: false,
    error: 'PUBLIC_URL is missing: providers must know where to send players back to',
  })
  const opened = await openAccounts({ ...config, publicUrl: 'https://oxo.test' }, deps)
  expect(opened.ok).toBe(true)
  if (opened.ok) await opened.value.close()
})
