import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { aSession, rotation, sessionOf, sessionStoreContract } from '../session-store.contract.ts'
import { memorySessionStore } from './session-store.ts'

sessionStoreContract('memory', async () => memorySessionStore(100))

test('[bounded] a full store drops the session that would end first', async () => {
  const store = memorySessionStore(2)
  const [second, third] = [sessionOf('b' as UserId, 2), sessionOf('c' as UserId, 3)]
  await store.create(aSession)
  await store.create(second)
  await store.rotate(rotation(0))
  await store.create(third)
  expect(await store.rotate(rotation(0, null, second.id))).toEqual({ type: 'unknown' })
  expect((await store.rotate(rotation(1))).type).toBe('rotated')
  expect((await store.rotate(rotation(0, null, third.id))).type).toBe('rotated')
})
