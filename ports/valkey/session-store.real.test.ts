import { expect, test } from 'vitest'
import { endedSessionsContract } from '../ended-sessions.contract.ts'
import { ENDED_KEPT_MS } from '../ended-sessions.ts'
import { aSession, rotation, sessionOf, sessionStoreContract } from '../session-store.contract.ts'
import { valkeyEndedSessions } from './ended-sessions.ts'
import { valkeySessionStore } from './session-store.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')

sessionStoreContract('valkey', async () => valkeySessionStore(single.valkey()))
endedSessionsContract('valkey', async () => valkeyEndedSessions(single.valkey()))

test('valkey: [bounded] ended sessions are forgotten when no token of theirs can live any more', async () => {
  const ended = valkeyEndedSessions(single.valkey())
  await single.valkey().zadd('sess:ended', 1, 'ana s0')
  await ended.add([{ userId: aSession.userId, sessionId: 's1' }])
  expect((await ended.read(null)).ended).toEqual([{ userId: aSession.userId, sessionId: 's1' }])
  expect(await single.valkey().pttl('sess:ended')).toBeGreaterThan(ENDED_KEPT_MS - 5_000)
})

test('valkey: [bounded] sessions end by themselves, each at its time and the last one with its key', async () => {
  const store = valkeySessionStore(single.valkey())
  const later = sessionOf(aSession.userId, 2, { createdAtMs: 900, expiresAtMs: 61_000 })
  await store.create(aSession)
  await store.create(later)
  const [key] = await single.valkey().keys('*')
  expect(await single.valkey().pttl(key!)).toBeGreaterThan(59_000)
  expect(await single.valkey().pttl(key!)).toBeLessThanOrEqual(60_100)
  await store.rotate({ ...rotation(0, null, later.id), nowMs: 1_000, expiresAtMs: 62_000 })
  expect(await single.valkey().hkeys(key!)).toEqual([later.id])
  await store.end(later.id)
  expect(await single.valkey().keys('*')).toEqual([])
})

test('valkey: [session] names, ways and keys of any kind come back as they were', async () => {
  const store = valkeySessionStore(single.valkey())
  const odd = { ...aSession, name: 'a "b"\\ {c} é 猫', amr: [], rotatedBy: '~!"\'\\{}', generation: 2 ** 46 }
  await store.create(odd)
  expect(await store.find(odd.id, 500)).toEqual(odd)
  expect(await store.rotate(rotation(2 ** 46))).toMatchObject({ session: { generation: 2 ** 46 + 1, rotatedBy: null } })
})

test('valkey: [P4] without the replicas asked for a write has an unknown outcome', async () => {
  const store = valkeySessionStore(single.valkey(), { replicas: 1, waitMs: 20 })
  await expect(store.create(aSession)).rejects.toThrow(/0 of 1 replicas/)
})
