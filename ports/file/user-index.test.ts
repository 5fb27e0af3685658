import { expect, test } from 'vitest'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { userIndexContract } from '../user-index.contract.ts'
import { newUser, type UserIndex, type UserRecord } from '../user-index.ts'
import { testFiles } from './test-files.ts'
import { fileUserIndex } from './user-index.ts'

const { newPath, closeLater } = testFiles()

async function open(path: string): Promise<UserIndex> {
  const index = await fileUserIndex(path)
  closeLater(index.close)
  return index
}

async function write(index: UserIndex, userId: UserId, part: Partial<UserRecord>): Promise<UserRecord> {
  const record = { ...newUser, sinceMs: 5, ...part }
  await index.compareAndSet(userId, (await index.get(userId)).revision, record)
  return record
}

userIndexContract('file', () => open(newPath()))

test('file: [P5] after a hard stop every player is as answered: queued, playing, idle with games to see', async () => {
  const path = newPath()
  const [ana, bo, cy, di] = ['ana', 'bo', 'cy', 'di'] as UserId[] as [UserId, UserId, UserId, UserId]
  let index = await open(path)
  const written = await Promise.all([
    write(index, ana, { occupation: { type: 'queued', ticketId: 't1', mode: 'ranked' } }),
    write(index, bo, { occupation: { type: 'playing', gameId: 'g1' as GameId }, rating: 1612.25 }),
    write(index, cy, { unseen: ['g2' as GameId, 'g3' as GameId], lastOpponent: bo, blocked: [ana] }),
    write(index, di, { rating: 1_700 }),
  ])
  await write(index, di, {})
  await index.setRatings([{ userId: cy, rating: 1_555.5, appliedSeq: 2 }])
  written[2] = { ...written[2], rating: 1_555.5, ratedSeq: 2 }
  // The second start reads what was written, the third what the second made of it.
  for (let start = 0; start < 2; start++) {
    index = await open(path)
    const found = await Promise.all([ana, bo, cy].map(async (userId) => (await index.get(userId)).record))
    expect(found).toEqual(written.slice(0, 3))
    expect((await index.get(di)).record).toEqual(newUser)
  }
})

test('file: [one game] of two who write at once the answered one is there after a hard stop', async () => {
  const path = newPath()
  const index = await open(path)
  const ana = 'ana' as UserId
  const { revision } = await index.get(ana)
  const answers = await Promise.all(
    [1_600, 1_700].map((rating) => index.compareAndSet(ana, revision, { ...newUser, rating })),
  )
  expect(answers.map((answer) => answer !== null)).toEqual([true, false])
  expect((await (await open(path)).get(ana)).record.rating).toBe(1_600)
})
