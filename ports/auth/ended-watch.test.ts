import { expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { ok } from '../../kit/result.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { ENDED_KEPT_MS } from '../ended-sessions.ts'
import { memoryEndedSessions } from '../memory/ended-sessions.ts'
import { refusingEnded, watchEnded } from './ended-watch.ts'
import type { Identity, VerifyToken } from './identity.ts'

const session = (userId: string, sessionId: string): Identity => ({
  ...{ userId: userId as UserId, sessionId, name: userId, region: 'local' },
  expiresAtMs: Number.MAX_SAFE_INTEGER,
})
const [phone, desk, bo] = [session('ana', 's1'), session('ana', 's2'), session('bo', 's3')]
const ended = ({ userId, sessionId }: Identity) => ({ userId, sessionId })

test('[session] knows what ended before it began, and within a second what ends then: one session, or all of a user', async () => {
  const clock = virtualClock()
  const store = memoryEndedSessions(clock)
  await store.add([ended(phone)])
  const watch = await watchEnded(clock, silentLog, store)
  const known = () => [phone, desk, bo].map((identity) => watch.isEnded(identity))
  expect(known()).toEqual([true, false, false])
  await store.add([{ userId: bo.userId, sessionId: null }])
  await clock.advance(1_000)
  expect(known()).toEqual([true, false, true])
  watch.stop()
})

test('[session] goes on with what it knows while the store is away, says so once, and misses nothing of it', async () => {
  const clock = virtualClock()
  const store = memoryEndedSessions(clock)
  const logged: string[] = []
  let away = false
  const read = (mark: number | null) => (away ? Promise.reject(new Error('away')) : store.read(mark))
  const log = { ...silentLog, warn: (event: string) => void logged.push(event) }
  await store.add([ended(phone)])
  const watch = await watchEnded(clock, log, { ...store, read })
  away = true
  await clock.advance(5_000)
  await store.add([ended(desk)])
  expect([watch.isEnded(phone), watch.isEnded(desk)]).toEqual([true, false])
  expect(logged).toEqual(['ended_sessions_unread'])
  away = false
  await clock.advance(1_000)
  expect([watch.isEnded(phone), watch.isEnded(desk)]).toEqual([true, true])
  watch.stop()
})

test('[bounded] forgets an ended session when no token of it can live any more', async () => {
  const clock = virtualClock()
  const store = memoryEndedSessions(clock)
  await store.add([ended(phone)])
  const watch = await watchEnded(clock, silentLog, store)
  await clock.advance(ENDED_KEPT_MS - 1_000)
  expect(watch.isEnded(phone)).toBe(true)
  await clock.advance(2_000)
  expect(watch.isEnded(phone)).toBe(false)
  watch.stop()
})

test('[session] a token is refused at once and after a wait alike, and a bad one stays bad', async () => {
  const good = async (jwt: string) => ok(jwt === 'phone' ? phone : desk)
  const known = (jwt: string) => (jwt === 'phone' ? phone : jwt === 'desk' ? desk : null)
  const verify: VerifyToken = refusingEnded(Object.assign(good, { known }), { isEnded: (one) => one === phone })
  expect([await verify('phone'), await verify('desk')]).toEqual([{ ok: false, error: 'invalid' }, ok(desk)])
  expect(['phone', 'desk', 'other'].map((jwt) => verify.known?.(jwt))).toEqual([null, desk, null])
  expect([phone, desk].map((identity) => verify.isEnded?.(identity))).toEqual([true, false])
})
