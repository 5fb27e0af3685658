import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import { SESSIONS_PER_USER_MAX, type Session, type SessionStore } from './session-store.ts'

const ANA = 'ana-is-one' as UserId
/** Shares the beginning of her id. */
const ANN = 'ana-is-two' as UserId
const BO = 'bo-is-else' as UserId

/** A session whose id is as `newSessionId` makes them. */
export const sessionOf = (userId: UserId, n: number, changes: Partial<Session> = {}): Session => ({
  id: `${userId.slice(0, 6)}${userId}${n}`,
  userId,
  kind: 'account',
  name: 'Quiet Otter 42',
  region: 'local',
  role: 'player',
  amr: ['fed'],
  createdAtMs: 100,
  generation: 0,
  rotatedBy: null,
  expiresAtMs: 1_000,
  ...changes,
})
export const aSession = sessionOf(ANA, 1)

export const rotation = (generation: number, rotatedBy: string | null = null, id = aSession.id) =>
  ({ id, generation, rotatedBy, nowMs: 500, expiresAtMs: 2_000 }) as const

const ids = (sessions: readonly Session[]) => sessions.map(({ id }) => id).sort()

/** What every SessionStore promises. `newStore()` gives an empty one. */
export function sessionStoreContract(name: string, newStore: () => Promise<SessionStore>): void {
  const storeWith = async (...sessions: readonly Session[]) => {
    const store = await newStore()
    for (const session of sessions) await store.create(session)
    return store
  }
  const withSession = () => storeWith(aSession)

  describe(`${name} as SessionStore`, () => {
    test('[session] each rotation is one generation on and moves the end', async () => {
      const store = await withSession()
      const first: Session = { ...aSession, generation: 1, expiresAtMs: 2_000 }
      expect(await store.rotate(rotation(0))).toEqual({ type: 'rotated', session: first })
      expect(await store.find(aSession.id, 500)).toEqual(first)
      expect(await store.rotate(rotation(1))).toEqual({ type: 'rotated', session: { ...first, generation: 2 } })
    })

    test('[session] an older token ends the session, for its rightful holder too', async () => {
      const store = await withSession()
      await store.rotate(rotation(0))
      expect(await store.rotate(rotation(0))).toMatchObject({ type: 'reused', session: { userId: ANA } })
      expect(await store.rotate(rotation(1))).toEqual({ type: 'unknown' })
      expect(await store.list(ANA, 500)).toEqual([])
    })

    test('[P4] the last rotation repeated by the same key is answered alike and changes nothing', async () => {
      const store = await withSession()
      const rotated = await store.rotate(rotation(0, 'key-a'))
      expect(rotated.type).toBe('rotated')
      expect(await store.rotate(rotation(0, 'key-a'))).toEqual({ ...rotated, type: 'repeated' })
      expect(await store.rotate(rotation(0, 'key-b'))).toMatchObject({ type: 'reused' })
    })

    test('[session] a key repeats the last rotation only', async () => {
      const store = await withSession()
      await store.rotate(rotation(0, 'key-a'))
      await store.rotate(rotation(1, 'key-a'))
      expect(await store.rotate(rotation(0, 'key-a'))).toMatchObject({ type: 'reused' })
    })

    test('[session] a token from ahead of the session ends it: one history only', async () => {
      const store = await withSession()
      expect(await store.rotate(rotation(1))).toMatchObject({ type: 'reused' })
      expect(await store.rotate(rotation(0))).toEqual({ type: 'unknown' })
    })

    test('[session] ends at its time, not before', async () => {
      const other = sessionOf(ANA, 2)
      const store = await storeWith(aSession, other)
      expect(ids(await store.list(ANA, 999))).toEqual([aSession.id, other.id])
      expect((await store.rotate({ ...rotation(0), nowMs: 999 })).type).toBe('rotated')
      expect(ids(await store.list(ANA, 1_000))).toEqual([aSession.id])
      expect(await store.find(other.id, 999)).toEqual(other)
      expect(await store.find(other.id, 1_000)).toBeNull()
      expect(await store.rotate({ ...rotation(0), id: other.id, nowMs: 1_000 })).toEqual({ type: 'unknown' })
    })

    test('[session] rotations at once: one wins, the other one ends the session', async () => {
      const store = await withSession()
      const answers = await Promise.all([store.rotate(rotation(0)), store.rotate(rotation(0))])
      expect(answers.map(({ type }) => type).sort()).toEqual(['reused', 'rotated'])
    })

    test('[session] one ends and the others go on; ending it again is nothing new', async () => {
      const other = sessionOf(ANA, 2)
      const store = await storeWith(aSession, other)
      expect(await store.end(aSession.id)).toEqual(aSession)
      expect(await store.end(aSession.id)).toBeNull()
      expect(await store.find(aSession.id, 500)).toBeNull()
      expect(await store.rotate(rotation(0))).toEqual({ type: 'unknown' })
      expect((await store.rotate(rotation(0, null, other.id))).type).toBe('rotated')
    })

    test('[session] all of a user end, and nobody else’s, whoever shares the beginning of an id', async () => {
      const [hers, namesake, others] = [sessionOf(ANA, 2), sessionOf(ANN, 1), sessionOf(BO, 1)]
      const store = await storeWith(aSession, hers, namesake, others)
      expect(ids(await store.list(ANA, 500))).toEqual(ids([aSession, hers]))
      expect(ids(await store.endAll(ANA))).toEqual(ids([aSession, hers]))
      expect(await store.endAll(ANA)).toEqual([])
      expect(await store.list(ANA, 500)).toEqual([])
      expect(await store.list(ANN, 500)).toEqual([namesake])
      expect(await store.list(BO, 500)).toEqual([others])
    })

    test('[session] an amendment is in every session of the user, or in one, and the tokens stay good', async () => {
      const [hers, namesake] = [sessionOf(ANA, 2), sessionOf(ANN, 1)]
      const store = await storeWith(aSession, hers, namesake)
      await store.amend(ANA, { name: 'Ana', role: 'admin' })
      await store.amend(ANA, { amr: ['fed', 'otp'] }, hers.id)
      await store.amend(BO, { name: 'Bo' })
      await store.amend(BO, { name: 'Bo' }, hers.id)
      expect(await store.find(aSession.id, 500)).toEqual({ ...aSession, name: 'Ana', role: 'admin' })
      expect(await store.rotate(rotation(0, null, hers.id))).toMatchObject({
        type: 'rotated',
        session: { name: 'Ana', role: 'admin', amr: ['fed', 'otp'] },
      })
      expect(await store.list(ANN, 500)).toEqual([namesake])
      expect(await store.list(BO, 500)).toEqual([])
    })

    test('[bounded] one session too many of a user ends the one that would end first, and no other user’s', async () => {
      const many = Array.from({ length: SESSIONS_PER_USER_MAX + 1 }, (_, n) =>
        sessionOf(ANA, n, { expiresAtMs: n === 7 ? 1_000 : 2_000 + n }),
      )
      const namesake = sessionOf(ANN, 1)
      const store = await storeWith(namesake, ...many)
      expect(ids(await store.list(ANA, 500))).toEqual(ids(many.filter((_, n) => n !== 7)))
      expect(await store.list(ANN, 500)).toEqual([namesake])
    })
  })
}
