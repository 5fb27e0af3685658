import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aSession, rotation, sessionStoreContract } from '../session-store.contract.ts'
import { type FileSessionStore, openFileSessionStore } from './session-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-sessions-'))
const opened: FileSessionStore[] = []
let files = 0

const newPath = () => join(folder, `${files++}`, 'sessions.log')

async function open(path: string, { sessionsMax = 10, nowMs = 500 } = {}): Promise<FileSessionStore> {
  const store = await openFileSessionStore(path, sessionsMax, nowMs)
  if (!store.ok) throw new Error(store.error)
  opened.push(store.value)
  return store.value
}

afterAll(async () => {
  for (const store of opened) await store.close()
  rmSync(folder, { recursive: true })
})

sessionStoreContract('file', () => open(newPath(), { sessionsMax: 100 }))

describe('file session store', () => {
  test('[session] what was answered is there after a restart without a close', async () => {
    const path = newPath()
    const before = await open(path)
    await before.create(aSession)
    await before.create({ ...aSession, id: 'stolen' })
    await before.rotate(rotation(0, 'key'))
    await before.rotate({ ...rotation(1), id: 'stolen' })
    await before.create({ ...aSession, id: 'ended' })
    await before.end('ended')
    await before.amend(aSession.userId, { name: 'Ana' })

    const after = await open(path)
    expect((await after.rotate(rotation(0, 'key'))).type).toBe('repeated')
    expect(await after.rotate(rotation(1))).toMatchObject({ type: 'rotated', session: { name: 'Ana' } })
    expect(await after.find('ended', 500)).toBeNull()
    expect(await after.rotate({ ...rotation(0), id: 'stolen' })).toEqual({ type: 'unknown' })
  })

  test('[session] a torn last line was never answered: it is dropped, and what follows is kept', async () => {
    const path = newPath()
    await (await open(path)).create(aSession)
    writeFileSync(path, '{"id":"torn', { flag: 'a' })

    const afterCrash = await open(path)
    expect((await afterCrash.rotate(rotation(0))).type).toBe('rotated')
    expect(readFileSync(path, 'utf8')).not.toContain('torn')
    expect((await (await open(path)).rotate(rotation(1))).type).toBe('rotated')
  })

  test('[session] a damaged line is one clear error', async () => {
    const path = newPath()
    await (await open(path)).create(aSession)
    writeFileSync(path, 'not a session\n', { flag: 'a' })
    expect(await openFileSessionStore(path, 10, 500)).toEqual({
      ok: false,
      error: `sessions file ${path}: line 2 is damaged; move the file away to start with everybody signed out`,
    })
  })

  test('[session] a folder that cannot be written is one clear error', async () => {
    const notAFolder = join(folder, 'a-file')
    writeFileSync(notAFolder, '')
    const store = await openFileSessionStore(join(notAFolder, 'sessions.log'), 10, 500)
    expect(store).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^sessions file .*a-file.*sessions\.log: E/),
    })
  })

  test('[session] sessions that ended meanwhile are not loaded', async () => {
    const path = newPath()
    await (await open(path)).create(aSession)
    const later = await open(path, { nowMs: aSession.expiresAtMs })
    expect(await later.rotate(rotation(0))).toEqual({ type: 'unknown' })
  })

  test('[session] the file does not grow with rotations, and only its owner reads it', async () => {
    const path = newPath()
    const store = await open(path)
    await store.create(aSession)
    for (let round = 0; round < 26; round++) {
      // Repeats by one key: each writes a line, and none of them changes the session.
      await store.rotate(rotation(round, 'key'))
      await Promise.all(Array.from({ length: 500 }, () => store.rotate(rotation(round, 'key'))))
    }
    const lineCount = readFileSync(path, 'utf8').split('\n').length
    expect(lineCount).toBeLessThan(10_500)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await (await open(path)).rotate(rotation(26))).type).toBe('rotated')
  })

  test('[P8] a disk that refuses changes nothing, and the same request is good when it is back', async () => {
    const path = newPath()
    const store = await open(path)
    await store.create(aSession)
    // A torn line makes the next append rewrite the file; a folder in the way of the rewrite makes that fail.
    writeFileSync(path, '{"torn', { flag: 'a' })
    const reopened = await open(path)
    mkdirSync(`${path}.next`)
    const refused = await Promise.allSettled([reopened.rotate(rotation(0)), reopened.create({ ...aSession, id: 's2' })])
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])

    rmSync(`${path}.next`, { recursive: true })
    expect((await reopened.rotate(rotation(0))).type).toBe('rotated')
    expect(await reopened.rotate({ ...rotation(0), id: 's2' })).toEqual({ type: 'unknown' })
    expect((await (await open(path)).rotate(rotation(1))).type).toBe('rotated')
  })
})
