import { expect, test } from 'vitest'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { userIndexContract } from '../user-index.contract.ts'
import { newUser, type UserRecord } from '../user-index.ts'
import { memoryUserIndex } from './user-index.ts'

userIndexContract('memory', async () => memoryUserIndex())

test('[bounded] idle players over the limit are forgotten, the one unchanged for longest first; busy ones never', async () => {
  const index = memoryUserIndex(2)
  const write = async (name: string, part: Partial<UserRecord>) => {
    const { revision } = await index.get(name as UserId)
    await index.compareAndSet(name as UserId, revision, { ...newUser, rating: 1600, ...part })
  }
  const rating = async (name: string) => (await index.get(name as UserId)).record.rating
  await write('busy', { occupation: { type: 'playing', gameId: 'g' as GameId } })
  for (const name of ['a', 'b', 'a', 'c']) await write(name, {})
  expect([await rating('busy'), await rating('a'), await rating('b'), await rating('c')]).toEqual([
    1600, 1600, 1500, 1600,
  ])
})

test('[bounded] an idle player who carries nothing takes no place', async () => {
  const index = memoryUserIndex(1)
  const write = async (userId: UserId, record: UserRecord) => {
    const { revision } = await index.get(userId)
    await index.compareAndSet(userId, revision, record)
  }
  await write('a' as UserId, { ...newUser, rating: 1600 })
  await write('b' as UserId, { ...newUser, sinceMs: 5 })
  expect((await index.get('a' as UserId)).record.rating).toBe(1600)
})
