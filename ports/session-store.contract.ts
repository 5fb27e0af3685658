import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import type { Session, SessionStore } from './session-store.ts'

export const aSession: Session = {
  id: 's1',
  userId: 'u1' as UserId,
  name: 'Quiet Otter 42',
  region: 'local',
  generation: 0,
  rotatedBy: null,
  expiresAtMs: 1_000,
}

const rotation = (generation: number, rotatedBy: string | null = null) =>
  ({ id: 's1', generation, rotatedBy, nowMs: 500, expiresAtMs: 2_000 }) as const

/** What every SessionStore promises. `newStore(sessionsMax)` gives an empty one. */
export function sessionStoreContract(name: string, newStore: (sessionsMax: number) => Promise<SessionStore>): void {
  const withSession = async () => {
    const store = await newStore(10)
    await store.create(aSession)
    return store
  }

  describe(`${name} as SessionStore`, () => {
    test('[session] each rotation is one generation on and moves the end', async () => {
      const store = await withSession()
      const first: Session = { ...aSession, generation: 1, expiresAtMs: 2_000 }
      expect(await store.rotate(rotation(0))).toEqual({ type: 'rotated', session: first })
      expect(await store.rotate(rotation(1))).toEqual({ type: 'rotated', session: { ...first, generation: 2 } })
    })

    test('[session] an older token ends the session, for its rightful holder too', async () => {
      const store = await withSession()
      await store.rotate(rotation(0))
      expect(await store.rotate(rotation(0))).toEqual({ type: 'reused' })
      expect(await store.rotate(rotation(1))).toEqual({ type: 'unknown' })
    })

    test('[P4] the last rotation repeated by the same key is answered alike and changes nothing', async () => {
      const store = await withSession()
      const rotated = await store.rotate(rotation(0, 'key-a'))
      expect(rotated.type).toBe('rotated')
      expect(await store.rotate(rotation(0, 'key-a'))).toEqual({ ...rotated, type: 'repeated' })
      expect(await store.rotate(rotation(0, 'key-b'))).toEqual({ type: 'reused' })
    })

    test('[session] a key repeats the last rotation only', async () => {
      const store = await withSession()
      await store.rotate(rotation(0, 'key-a'))
      await store.rotate(rotation(1, 'key-a'))
      expect(await store.rotate(rotation(0, 'key-a'))).toEqual({ type: 'reused' })
    })

    test('[session] a token from ahead of the session ends it: one history only', async () => {
      const store = await withSession()
      expect(await store.rotate(rotation(1))).toEqual({ type: 'reused' })
    })

    test('[session] ends at its time, not before', async () => {
      const store = await withSession()
      await store.create({ ...aSession, id: 's2' })
      expect((await store.rotate({ ...rotation(0), nowMs: 999 })).type).toBe('rotated')
      expect(await store.rotate({ ...rotation(0), id: 's2', nowMs: 1_000 })).toEqual({ type: 'unknown' })
    })

    test('[session] a full store drops the session that would end first', async () => {
      const store = await newStore(2)
      await store.create(aSession)
      await store.create({ ...aSession, id: 's2' })
      await store.rotate(rotation(0))
      await store.create({ ...aSession, id: 's3' })
      expect(await store.rotate({ ...rotation(0), id: 's2' })).toEqual({ type: 'unknown' })
      expect((await store.rotate(rotation(1))).type).toBe('rotated')
      expect((await store.rotate({ ...rotation(0), id: 's3' })).type).toBe('rotated')
    })

    test('[session] rotations at once: one wins, the other one ends the session', async () => {
      const store = await withSession()
      const answers = await Promise.all([store.rotate(rotation(0)), store.rotate(rotation(0))])
      expect(answers.map(({ type }) => type).sort()).toEqual(['reused', 'rotated'])
    })
  })
}
