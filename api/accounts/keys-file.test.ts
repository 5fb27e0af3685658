import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openKeysFile } from './keys-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function kids(path: string): Promise<readonly string[]> {
  const keys = await openKeysFile(path)
  if (!keys.ok) throw new Error(keys.error)
  return keys.value.map(({ kid }) => kid)
}

describe('openKeysFile', () => {
  test('[keys] makes the folder and a file that only its owner reads, and keeps its key', async () => {
    const path = join(folder, 'new', 'deeper', 'auth-keys.json')
    const made = await kids(path)
    expect(made).toHaveLength(1)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'new', 'deeper'))).toEqual(['auth-keys.json'])
    const text = readFileSync(path, 'utf8')
    expect(await kids(path)).toEqual(made)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('[keys] of processes that start together one makes the key, and all use it', async () => {
    const path = join(folder, 'together.json')
    // Each starts a few turns of the event loop after the one before, so that every step of one meets every step of another.
    const starts = Array.from({ length: 40 }, async (_, turns) => {
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      return kids(path)
    })
    expect(new Set((await Promise.all(starts)).flat()).size).toBe(1)
  })

  test('[keys] a damaged file is one clear error, and stays as it is', async () => {
    const path = join(folder, 'damaged.json')
    writeFileSync(path, '{"keys": [')
    expect(await openKeysFile(path)).toEqual({
      ok: false,
      error: `auth keys file ${path}: not a JWKS of 1..16 private Ed25519 keys`,
    })
    expect(readFileSync(path, 'utf8')).toBe('{"keys": [')
  })

  test('[keys] a file that cannot be read or made is one clear error', async () => {
    const taken = join(folder, 'taken')
    mkdirSync(taken)
    writeFileSync(join(folder, 'a-file'), '')
    expect(await openKeysFile(taken)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^auth keys file .*taken: EISDIR/),
    })
    const below = join(folder, 'a-file', 'auth-keys.json')
    expect(await openKeysFile(below)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^auth keys file .*: ENOTDIR/),
    })
  })
})
