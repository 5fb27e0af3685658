import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { endedSessionsContract } from '../ended-sessions.contract.ts'
import { ENDED_KEPT_MS, ENDED_MAX } from '../ended-sessions.ts'
import { memoryEndedSessions } from './ended-sessions.ts'

endedSessionsContract('memory', async () => memoryEndedSessions(virtualClock()))

const ended = (n: number) => ({ userId: 'ana' as UserId, sessionId: `s${n}` })

test('[bounded] ends are forgotten when no token of theirs can live any more, and the oldest above a number', async () => {
  const clock = virtualClock()
  const store = memoryEndedSessions(clock)
  await store.add([ended(1)])
  await clock.advance(ENDED_KEPT_MS - 1)
  await store.add([ended(2)])
  expect((await store.read(null)).ended).toHaveLength(2)
  await clock.advance(1)
  await store.add([ended(3)])
  expect([...store.kept()].map(([{ sessionId }]) => sessionId)).toEqual(['s2', 's3'])
  await store.add(Array.from({ length: ENDED_MAX }, (_, n) => ended(10 + n)))
  expect([...store.kept()]).toHaveLength(ENDED_MAX)
})
