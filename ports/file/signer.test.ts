import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../kit/log.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { newKeysText } from '../private-jwks.ts'
import { signerContract } from '../signer.contract.ts'
import { KEYS_LOOK_MS, openFileSigner } from './signer.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-record-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${++files}`, 'record-keys.json')
const bytes = Uint8Array.of(7)

async function opened(path: string, clock = virtualClock(), log: Log = silentLog) {
  const signer = await openFileSigner(path, { clock, log })
  if (!signer.ok) throw new Error(signer.error)
  return signer.value
}

signerContract('file', () => opened(newPath()))

describe('openFileSigner', () => {
  test('[keys] makes a file that only its owner reads, and keeps its key over a restart', async () => {
    const path = newPath()
    const signature = await (await opened(path)).sign(bytes)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await (await opened(path)).sign(bytes)).toEqual(signature)
  })

  test('[keys] a new first key signs without a restart, and the old one stays published', async () => {
    const path = newPath()
    const clock = virtualClock()
    const signer = await opened(path, clock)
    const before = await signer.sign(bytes)
    const [fresh] = JSON.parse(newKeysText()).keys
    writeFileSync(path, JSON.stringify({ keys: [fresh, ...JSON.parse(readFileSync(path, 'utf8')).keys] }))
    expect(await signer.sign(bytes)).toEqual(before)
    await clock.advance(KEYS_LOOK_MS)
    const after = await Promise.all([signer.sign(bytes), signer.sign(bytes)])
    expect(after.map(({ keyId }) => keyId)).toEqual([fresh.kid, fresh.kid])
    expect((await signer.publicKeys()).map(({ kid }) => kid)).toEqual([fresh.kid, before.keyId])
  })

  test('[keys] a file that became unreadable is warned of, and the last keys go on', async () => {
    const path = newPath()
    const clock = virtualClock()
    const warnings: unknown[] = []
    const signer = await opened(path, clock, { ...silentLog, warn: (event, fields) => warnings.push([event, fields]) })
    const before = await signer.sign(bytes)
    writeFileSync(path, '{"keys": [')
    await clock.advance(KEYS_LOOK_MS)
    expect(await signer.sign(bytes)).toEqual(before)
    rmSync(path)
    await clock.advance(KEYS_LOOK_MS)
    expect(await signer.sign(bytes)).toEqual(before)
    expect(warnings).toEqual([
      ['record_keys_unreadable', { path, why: 'not a JWKS of 1..16 private Ed25519 keys' }],
      ['record_keys_unreadable', { path, why: expect.stringContaining('ENOENT') }],
    ])
  })

  test.each([
    ['no JSON', '{"keys": [', 'not a JWKS of 1..16 private Ed25519 keys'],
    ['no keys', '{"keys": []}', 'not a JWKS of 1..16 private Ed25519 keys'],
    ['a key twice', twice(), /^key id \S+ stands there twice$/],
    ['a key id with a space', named('a b'), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['halves of two keys', mixed(), 'key 1 is not a pair of Ed25519 keys'],
  ])('[keys] a file with %s is one clear line, and stays as it is', async (_, text, why) => {
    const path = join(folder, `bad-${++files}.json`)
    writeFileSync(path, text)
    const opening = await openFileSigner(path, { clock: virtualClock(), log: silentLog })
    expect(opening).toMatchObject({ ok: false })
    const prefix = `record keys file ${path}: `
    const line = opening.ok ? '' : opening.error
    expect(line.startsWith(prefix)).toBe(true)
    expect(line.slice(prefix.length)).toMatch(why)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

function twice(): string {
  const [key] = JSON.parse(newKeysText()).keys
  return JSON.stringify({ keys: [key, key] })
}

function named(kid: string): string {
  const [key] = JSON.parse(newKeysText()).keys
  return JSON.stringify({ keys: [{ ...key, kid }] })
}

function mixed(): string {
  const [one] = JSON.parse(newKeysText()).keys
  const [other] = JSON.parse(newKeysText()).keys
  return JSON.stringify({ keys: [{ ...one, d: other.d }] })
}
