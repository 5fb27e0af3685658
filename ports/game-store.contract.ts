import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'
import type { GameStore, StoredGame } from './game-store.ts'
import { RecordRejected } from './store-failure.ts'
import { BEGIN_MS, newGameId, signedGameOf } from './test-finished-games.ts'

/*
 * [G1] what was put is there whole, once      [G2] a repeat changes nothing, another course of the same game is refused
 * [G3] history pages newest first, each game once      [G4] a cursor is good for its user alone      [G5] names can be taken out
 */

export interface GameStoreBench {
  readonly store: GameStore
  close(): Promise<void>
}

let lastUser = 0
const newUser = () => `user_${++lastUser}`
const ids = (games: readonly FinishedGame[]): GameId[] => games.map(({ gameId }) => gameId)

/** What every GameStore promises. One store serves all tests: each uses players of its own. */
export function gameStoreContract(name: string, newBench: () => Promise<GameStoreBench>): void {
  describe(`${name} as GameStore`, () => {
    let bench: GameStoreBench
    let store: GameStore
    beforeAll(async () => {
      bench = await newBench()
      store = bench.store
    })
    afterAll(() => bench?.close())

    const stored = async (...games: readonly StoredGame[]) => {
      await store.put(games)
      return games
    }

    /** All pages of so many games. */
    async function pages(userId: string, limit: number): Promise<FinishedGame[][]> {
      const read: FinishedGame[][] = []
      let cursor: string | null = null
      do {
        const page = await store.history(userId as UserId, { limit, cursor })
        if (!page.ok) throw new Error(page.error)
        read.push([...page.value.games])
        cursor = page.value.cursor
      } while (cursor !== null)
      return read
    }

    test('[G1] [P7] a game comes back as it was put, with its record and signature', async () => {
      for (const wish of [
        { moves: [0, 3, 1, 4, 2] },
        { moves: [] },
        { moves: [0, 1, 2, 4, 3, 5, 7, 6, 8], mode: 'ranked' as const },
        { players: [newUser(), 'bot-2'] as const, mode: 'bot' as const },
      ]) {
        const [game] = await stored(await signedGameOf(wish))
        expect(await store.get(game!.gameId)).toEqual(game)
      }
    })

    test('[G1] a game that nobody put is not there', async () => {
      expect(await store.get(newGameId())).toBeNull()
    })

    test('[G1] an open offer of a rematch is no part of a stored game', async () => {
      const game = await signedGameOf({})
      const offered = { ...game, room: { ...game.room, offer: { seat: 0, untilMs: BEGIN_MS + 90_000 } as const } }
      await store.put([offered])
      expect(await store.get(game.gameId)).toEqual(game)
    })

    test('[G1] [P7] many games in one call are all there once', async () => {
      const [ana, ben] = [newUser(), newUser()]
      const games = await Promise.all(
        Array.from({ length: 130 }, (_, i) => signedGameOf({ players: [ana, ben], createdAtMs: BEGIN_MS + i })),
      )
      await store.put(games)
      const wanted = new Set(ids(games))
      const found: string[] = []
      for await (const game of store.all()) if (wanted.has(game.gameId)) found.push(game.gameId)
      expect(found.sort()).toEqual([...wanted].sort())
    })

    test('[G2] [P7] a repeat, alone, in one call or at the same time, changes nothing', async () => {
      const user = newUser()
      const game = await signedGameOf({ players: [user, newUser()] })
      await Promise.all([store.put([game]), store.put([game, game])])
      await store.put([game])
      expect(await pages(user, 10)).toEqual([[expect.objectContaining({ gameId: game.gameId })]])
      expect(await store.get(game.gameId)).toEqual(game)
    })

    test('[G2] another course of a stored game is refused, and the first one stays', async () => {
      const [game] = await stored(await signedGameOf({}))
      const other = await signedGameOf({ gameId: game!.gameId, moves: [4] })
      await expect(store.put([await signedGameOf({}), other])).rejects.toThrow(RecordRejected)
      await expect(store.put([other])).rejects.toThrow(RecordRejected)
      expect(await store.get(game!.gameId)).toEqual(game)
    })

    test('[G2] of two courses of one game in one call one is refused', async () => {
      const game = await signedGameOf({})
      const other = await signedGameOf({ gameId: game.gameId, moves: [4] })
      await expect(store.put([game, other])).rejects.toThrow(RecordRejected)
    })

    test('[G3] history shows games of both seats, newest first, each once, whatever the size of a page', async () => {
      const user = newUser()
      const wishes = Array.from({ length: 11 }, (_, i) => ({
        players: (i % 3 === 0 ? [newUser(), user] : [user, newUser()]) as [string, string],
        createdAtMs: BEGIN_MS + 1_000 * i,
      }))
      const games = await Promise.all(wishes.map((wish) => signedGameOf(wish)))
      await store.put(games)
      const newest = ids(games).reverse()
      for (const limit of [1, 2, 4, 10, 11, 12, 100]) {
        const read = await pages(user, limit)
        expect(ids(read.flat())).toEqual(newest)
        expect(read).toHaveLength(Math.ceil(newest.length / limit))
      }
    })

    test('[G3] games of the same millisecond are each shown once', async () => {
      const user = newUser()
      const games = await Promise.all(
        Array.from({ length: 6 }, (_, i) => signedGameOf({ players: i % 2 ? [newUser(), user] : [user, newUser()] })),
      )
      await store.put(games)
      expect(ids((await pages(user, 1)).flat()).sort()).toEqual(ids(games).sort())
    })

    test('[G3] a page holds the games without their proofs', async () => {
      const user = newUser()
      const [game] = await stored(await signedGameOf({ players: [user, newUser()] }))
      const { record: _, signature: __, ...shown } = game!
      expect(await pages(user, 5)).toEqual([[shown]])
    })

    test('[G3] a game that ends while somebody pages is not shown twice and hides none', async () => {
      const user = newUser()
      const games = await Promise.all(
        [0, 1, 2].map((i) => signedGameOf({ players: [user, newUser()], createdAtMs: BEGIN_MS + i })),
      )
      await store.put(games)
      const first = await store.history(user as UserId, { limit: 2, cursor: null })
      if (!first.ok) throw new Error(first.error)
      await store.put([await signedGameOf({ players: [newUser(), user], createdAtMs: BEGIN_MS + 10 })])
      const second = await store.history(user as UserId, { limit: 2, cursor: first.value.cursor })
      if (!second.ok) throw new Error(second.error)
      expect([...ids(first.value.games), ...ids(second.value.games)]).toEqual(ids(games).reverse())
      expect(second.value.cursor).toBeNull()
    })

    test('[G3] a game against a bot is in the history of its player, not of the bot', async () => {
      const user = newUser()
      const [game] = await stored(await signedGameOf({ players: ['bot-3', user], mode: 'bot' }))
      expect(ids((await pages(user, 5)).flat())).toEqual([game!.gameId])
      expect(await pages('bot-3', 5)).toEqual([[]])
    })

    test('[G3] who never played has an empty history', async () => {
      expect(await pages(newUser(), 10)).toEqual([[]])
    })

    test('[G4] a cursor of somebody else, or of nobody, is refused', async () => {
      const [ana, ben] = [newUser(), newUser()]
      await store.put([await signedGameOf({ players: [ana, ben] }), await signedGameOf({ players: [ana, ben] })])
      const page = await store.history(ana as UserId, { limit: 1, cursor: null })
      const cursor = page.ok ? page.value.cursor! : ''
      expect((await store.history(ana as UserId, { limit: 1, cursor })).ok).toBe(true)
      expect(await store.history(ben as UserId, { limit: 1, cursor })).toEqual({ ok: false, error: 'bad_cursor' })
      const forged = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url')
      for (const bad of [
        '',
        'nonsense',
        `${cursor}=`,
        cursor.slice(1),
        'A'.repeat(2_000),
        forged([ana, null, null]),
        forged([ana, 1, null, null, null]),
        forged([ana, 1.5, newGameId(), null, null]),
        forged([ana, 1, 'no game', null, null]),
        forged([ana, { $ne: 1 }, newGameId(), null, null]),
        forged({ 0: ana, length: 5 }),
      ]) {
        expect(await store.history(ana as UserId, { limit: 1, cursor: bad })).toEqual({
          ok: false,
          error: 'bad_cursor',
        })
      }
    })

    test('[G5] a player renamed is so in all their games, the proof stays, and a repeat of a result brings no name back', async () => {
      const [ana, ben] = [newUser(), newUser()]
      const games = await stored(
        await signedGameOf({ players: [ana, ben] }),
        await signedGameOf({ players: [ben, ana], createdAtMs: BEGIN_MS + 1 }),
      )
      await store.rename(ana as UserId, 'Somebody')
      await store.rename(ana as UserId, 'Somebody')
      await store.put(games)
      const names = (game: FinishedGame | null) => game?.room.players.map((player) => player.name)
      expect((await pages(ana, 10)).flat().map(names)).toEqual([
        [`Name of ${ben}`, 'Somebody'],
        ['Somebody', `Name of ${ben}`],
      ])
      const read = await store.get(games[0]!.gameId)
      expect(names(read)).toEqual(['Somebody', `Name of ${ben}`])
      expect(read).toMatchObject({ record: games[0]!.record, signature: games[0]!.signature })
    })
  })
}
