import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { endedSessionsContract } from '../ended-sessions.contract.ts'
import { type FileEndedSessions, fileEndedSessions } from './ended-sessions.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-ended-'))
const clock = virtualClock()
const opened: FileEndedSessions[] = []
let files = 0

afterAll(async () => {
  for (const store of opened) await store.close()
  rmSync(folder, { recursive: true })
})

async function open(path = join(folder, `${files++}.log`)): Promise<FileEndedSessions> {
  const store = await fileEndedSessions(path, clock)
  opened.push(store)
  return store
}

endedSessionsContract('file', () => open())

test('[session] what has ended stays ended over a restart', async () => {
  const path = join(folder, 'kept.log')
  const before = await open(path)
  const ended = [
    { userId: 'ana' as UserId, sessionId: 's1' },
    { userId: 'bo' as UserId, sessionId: null },
  ]
  await before.add(ended)
  await before.close()
  opened.pop()
  const after = await open(path)
  expect((await after.read(null)).ended).toEqual(ended)
})
