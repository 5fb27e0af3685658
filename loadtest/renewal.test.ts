import { expect, test } from 'vitest'
import { virtualClock } from '../kit/virtual-clock.ts'
import type { GuestSession } from './guests.ts'
import { createRenewals } from './renewal.ts'

const LIFE_MS = 900_000
const guests = { host: '127.0.0.1', port: 0, count: 4, addressOf: () => undefined }
const session = (index: number, n: number): GuestSession => ({
  accessToken: `${index}.${n}`,
  refreshToken: `${n}`,
  expiresIn: LIFE_MS / 1_000,
})
const sessions = [0, 1, 2, 3].map((index) => session(index, 0))

test('[load] no token of a long run ends before it was renewed, one that fails is tried again, and none is asked for in a burst', async () => {
  const clock = virtualClock({ startMs: 0 })
  const asked: number[] = []
  const ages = [0, 0, 0, 0]
  let failures = 0
  const refresh = async (index: number, { refreshToken }: GuestSession): Promise<GuestSession> => {
    asked.push(clock.monotonic())
    if (index === 2 && failures === 0) throw new Error('the server is away')
    return session(index, Number(refreshToken) + 1)
  }
  const renewals = createRenewals(guests, sessions, refresh)
  let oldestMs = 0
  const renewed = (index: number): void => {
    oldestMs = Math.max(oldestMs, clock.monotonic() - ages[index]!)
    ages[index] = clock.monotonic()
  }
  const stop = renewals.start(clock, renewed, () => {
    failures += 1
  })
  await clock.advance(4 * LIFE_MS)
  expect(failures).toBe(1)
  expect(Math.max(oldestMs, ...ages.map((sinceMs) => clock.monotonic() - sinceMs))).toBeLessThan(LIFE_MS)
  expect(new Set(asked).size).toBe(asked.length)
  expect(renewals.tokens.map((token) => Number(token.split('.')[1]) >= 4)).toEqual([true, true, true, true])
  stop()
  const before = asked.length
  await clock.advance(LIFE_MS)
  expect(asked.length).toBe(before)
})
