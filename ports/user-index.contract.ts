import { describe, expect, test } from 'vitest'
import type { GameId, UserId } from '../protocol/ids.ts'
import { newUser, type UserIndex, type UserRecord } from './user-index.ts'

const ana = 'ana' as UserId
const bo = 'bo' as UserId
const game = '00000001-0000-8000-8000-000000000000' as GameId

const queued: UserRecord = { ...newUser, occupation: { type: 'queued', ticketId: 't1', mode: 'ranked' }, sinceMs: 5 }
const full: UserRecord = {
  occupation: { type: 'playing', gameId: game },
  sinceMs: 1_700_000_000_000,
  lastGameMs: 7,
  rating: 1612.25,
  ratedSeq: 12,
  blocked: [bo],
  unseen: [game],
  lastOpponent: bo,
}

/** What every UserIndex promises. `newIndex()` gives an empty one. */
export function userIndexContract(name: string, newIndex: () => Promise<UserIndex>): void {
  describe(`${name} as UserIndex`, () => {
    test('[user] a missing player is idle, rated 1500, with nobody blocked', async () => {
      const index = await newIndex()
      expect((await index.get(ana)).record).toEqual(newUser)
    })

    test('[user] a write is read back whole, and only for its player', async () => {
      const index = await newIndex()
      const { revision } = await index.get(ana)
      const written = await index.compareAndSet(ana, revision, full)
      expect(await index.get(ana)).toEqual({ record: full, revision: written })
      expect((await index.get(bo)).record).toEqual(newUser)
    })

    test('[one game] of two who write at once from the same revision one wins, for new and known players', async () => {
      const index = await newIndex()
      for (const record of [queued, full]) {
        const { revision } = await index.get(ana)
        const answers = await Promise.all([
          index.compareAndSet(ana, revision, record),
          index.compareAndSet(ana, revision, { ...record, sinceMs: 99 }),
        ])
        expect(answers.filter((answer) => answer !== null)).toHaveLength(1)
      }
    })

    test('[one game] a refused write changes nothing', async () => {
      const index = await newIndex()
      const { revision } = await index.get(ana)
      const written = await index.compareAndSet(ana, revision, queued)
      expect(await index.compareAndSet(ana, revision, full)).toBeNull()
      expect(await index.get(ana)).toEqual({ record: queued, revision: written })
    })

    test('[one game] a record that came and went makes an older revision fail', async () => {
      const index = await newIndex()
      const { revision: old } = await index.get(ana)
      const first = await index.compareAndSet(ana, old, queued)
      const second = await index.compareAndSet(ana, first!, { ...newUser, sinceMs: 9 })
      expect(second).not.toBeNull()
      expect((await index.get(ana)).record).toEqual({ ...newUser, sinceMs: expect.any(Number) })
      expect(await index.compareAndSet(ana, old, full)).toBeNull()
      expect(await index.compareAndSet(ana, second!, full)).not.toBeNull()
    })

    test('[user] what an idle player carries is kept: rating, blocks, unseen games, last opponent', async () => {
      const index = await newIndex()
      const carried: readonly Partial<UserRecord>[] = [
        { rating: 1499.5 },
        { blocked: [bo] },
        { unseen: [game] },
        { lastOpponent: bo },
      ]
      for (const [i, part] of carried.entries()) {
        const userId = `user-${i}` as UserId
        const { revision } = await index.get(userId)
        const record = { ...newUser, sinceMs: 7, ...part }
        await index.compareAndSet(userId, revision, record)
        expect((await index.get(userId)).record).toEqual(record)
      }
    })
  })
}
