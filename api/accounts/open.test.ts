import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../kit/clock.ts'
import { silentLog as log } from '../../kit/log.ts'
import { systemRandom as random } from '../../kit/random.ts'
import { silentAudit } from '../../ports/audit.ts'
import { testPassage } from '../../ports/http/gate/test-gate.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { openAccounts } from './open.ts'
import type { SignedIn } from './routes.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-accounts-'))
afterAll(() => rmSync(folder, { recursive: true }))

const deps = { issuer: 'oxo', region: 'local', clock, random, log, audit: silentAudit, accounts: memoryAccountStore() }
const none = { authProvidersFile: null, publicUrl: null, valkeyUrl: null, commitReplicas: 0 }

async function open(dataDir: string, authKeysFile = join(dataDir, 'auth-keys.json')) {
  const accounts = await openAccounts({ ...none, dataDir, authKeysFile }, deps)
  if (!accounts.ok) throw new Error(accounts.error)
  return accounts.value
}

test('[accounts] keys and sessions survive a restart', async () => {
  const dataDir = join(folder, 'data')
  const before = await open(dataDir)
  const guest = (await (await before.app.request('/auth/guest', { method: 'POST' }, testPassage())).json()) as SignedIn
  await before.close()

  const after = await open(dataDir)
  const body = JSON.stringify({ refreshToken: guest.refreshToken })
  const response = await after.app.request('/auth/refresh', { method: 'POST', body }, testPassage())
  expect(await response.json()).toMatchObject({ userId: guest.userId, name: guest.name })
  expect(after.jwks()).toEqual(before.jwks())
  await after.close()
})

test('[accounts] a file that cannot be had is one clear line', async () => {
  const notAFolder = join(folder, 'a-file')
  writeFileSync(notAFolder, '')
  await expect(open(notAFolder)).rejects.toThrow(/^auth keys file .*a-file.*: ENOTDIR.*$/)
  await expect(open(notAFolder, join(folder, 'keys.json'))).rejects.toThrow(/^sessions file .*a-file.*: E[A-Z]+: .*$/)
})
