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

    test('[P7] a rating is written when it is newer, whatever the order, and again; all else stays', async () => {
      const index = await newIndex()
      const written = await index.compareAndSet(ana, (await index.get(ana)).revision, { ...full, blocked: [] })
      const rate = (userId: UserId, rating: number, appliedSeq: number) => ({ userId, rating, appliedSeq })
      expect(await index.setRatings([rate(bo, 1_480.123456789012, 20), rate(ana, 1_700.5, 20)])).toBe(2)
      const { record, revision } = await index.get(ana)
      expect(record).toEqual({ ...full, blocked: [], rating: 1_700.5, ratedSeq: 20 })
      expect((await index.get(bo)).record).toEqual({ ...newUser, rating: 1_480.123456789012, ratedSeq: 20 })
      expect(await index.compareAndSet(ana, written!, full), 'what began before the rating').toBeNull()
      expect(await index.setRatings([rate(ana, 1_600, 19), rate(ana, 1_601, 20), rate(bo, 1_490, 21)])).toBe(1)
      expect(await index.get(ana)).toEqual({ record, revision })
      expect((await index.get(bo)).record.rating).toBe(1_490)
      expect(await index.compareAndSet(ana, revision, full)).not.toBeNull()
      expect(await index.setRatings([])).toBe(0)
    })

    test('[P7] any number of players is rated at once', async () => {
      const index = await newIndex()
      const ratings = Array.from({ length: 1_001 }, (_, n) => ({
        ...{ userId: `user-${n}` as UserId, rating: 1_000 + n, appliedSeq: n + 1 },
      }))
      expect(await index.setRatings(ratings)).toBe(1_001)
      for (const n of [0, 99, 100, 1_000]) {
        expect((await index.get(`user-${n}` as UserId)).record.rating).toBe(1_000 + n)
      }
    })

    test('[P5] the end of a game frees those who still play it, and who was away finds it among at most 8 unseen', async () => {
      const index = await newIndex()
      const [cy, di] = ['cy' as UserId, 'di' as UserId]
      const eight = Array.from({ length: 8 }, (_, n) => `00000001-0000-8000-8000-00000000000${n}` as GameId)
      const other = { ...full, occupation: { type: 'playing', gameId: eight[1]! } } as const
      const records = [{ ...full, unseen: [] }, { ...full, unseen: eight }, other] as const
      for (const [i, userId] of [ana, bo, cy].entries())
        await index.compareAndSet(userId, (await index.get(userId)).revision, records[i]!)
      const before = await index.get(ana)
      const elsewhere = await index.get(cy)
      const ends = [
        { userId: ana, opponent: di, away: false },
        { userId: bo, opponent: ana, away: true },
        { userId: cy, opponent: ana, away: true },
        { userId: di, opponent: ana, away: true },
      ]
      await index.endGame(game, ends, 99)
      const idle = { occupation: { type: 'idle' }, sinceMs: 99 } as const
      const [a, b] = [await index.get(ana), await index.get(bo)]
      expect(a.record).toEqual({ ...full, ...idle, unseen: [], lastOpponent: di })
      expect(b.record).toEqual({ ...full, ...idle, unseen: [...eight.slice(1), game], lastOpponent: ana })
      expect(await index.get(cy)).toEqual(elsewhere)
      expect((await index.get(di)).record).toEqual(newUser)
      expect(await index.compareAndSet(ana, before.revision, full), 'what began before the end').toBeNull()
      await index.endGame(game, ends, 100)
      expect([await index.get(ana), await index.get(bo)]).toEqual([a, b])
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
