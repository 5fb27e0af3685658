import { expect, test } from 'vitest'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { userIndexContract } from '../user-index.contract.ts'
import { newUser } from '../user-index.ts'
import { testStore } from './test-stores.ts'
import { userKey, valkeyUserIndex } from './user-index.ts'

const single = testStore('single')
const cluster = testStore('cluster')
const ana = 'ana' as UserId

userIndexContract('valkey', async () => valkeyUserIndex(single.valkey()))
userIndexContract('valkey cluster', async () => valkeyUserIndex(cluster.valkey()))

test('valkey: [one game] a record that ended by itself makes older revisions fail once it came again', async () => {
  const index = valkeyUserIndex(single.valkey())
  const first = await index.compareAndSet(ana, '0', { ...newUser, rating: 1_600 })
  await single.valkey().del(userKey(ana))
  expect(await index.compareAndSet(ana, first!, newUser), 'it is gone').toBeNull()
  const again = await index.compareAndSet(ana, '0', { ...newUser, rating: 1_700 })
  expect(again).not.toBe(first)
  expect(await index.compareAndSet(ana, first!, newUser)).toBeNull()
})

test('valkey: [bounded] who carries nothing is forgotten after an hour, others after 90 days without a change', async () => {
  const index = valkeyUserIndex(single.valkey())
  const hours = async () => Math.ceil((await single.valkey().pttl(userKey(ana))) / 3_600_000)
  const first = await index.compareAndSet(ana, '0', {
    ...newUser,
    occupation: { type: 'playing', gameId: 'g' as GameId },
  })
  expect(await hours()).toBe(90 * 24)
  const idle = await index.compareAndSet(ana, first!, newUser)
  expect(await hours()).toBe(1)
  await index.compareAndSet(ana, idle!, { ...newUser, rating: 1_501 })
  expect(await hours()).toBe(90 * 24)
})

test('valkey: [P4] without the replicas asked for a write has an unknown outcome', async () => {
  const index = valkeyUserIndex(single.valkey(), { replicas: 1, waitMs: 20 })
  await expect(index.compareAndSet(ana, '0', newUser)).rejects.toThrow(/0 of 1 replicas/)
})

test('valkey: [skew] a rating reaches a record of another version, whose other fields stay, and is kept 90 days', async () => {
  const index = valkeyUserIndex(single.valkey())
  await single.valkey().hset(userKey(ana), 'rev', '7', 'record', '{"v":2,"unseen":[],"rating":1500,"hat":"red"}')
  await index.setRatings([{ userId: ana, rating: 1_512.5, appliedSeq: 3 }])
  const [revision, record] = await single.valkey().hmget(userKey(ana), 'rev', 'record')
  expect(record).toBe('{"v":2,"unseen":[],"rating":1512.5,"hat":"red","ratedSeq":3}')
  expect(Number(revision)).toBeGreaterThan(7)
  expect(await single.valkey().pttl(userKey(ana))).toBeGreaterThan(89 * 24 * 3_600_000)
})
