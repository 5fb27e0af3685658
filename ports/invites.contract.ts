import { describe, expect, test } from 'vitest'
import type { GameId, InviteCode, UserId } from '../protocol/ids.ts'
import { INVITE_TTL_MS } from '../protocol/limits.ts'
import type { Invites } from './invites.ts'

const ana = { userId: 'ana' as UserId, name: 'Quiet Otter 42' }
const bo = { userId: 'bo' as UserId, name: 'Loud Lynx 7' }
const cy = 'cy' as UserId
const code = 'ABCD2345' as InviteCode
const other = 'WXYZ6789' as InviteCode
const game = '00000001-0000-8000-8000-000000000000' as GameId
const otherGame = '00000001-0000-8000-8000-000000000001' as GameId
const endMs = 1_000 + INVITE_TTL_MS

/** What every Invites promises. `newInvites()` gives an empty one. Times are arguments: no adapter may end an invite earlier. */
export function invitesContract(name: string, newInvites: () => Promise<Invites>): void {
  const withOpen = async () => {
    const invites = await newInvites()
    const opened = { code, host: ana, openedAtMs: 1_000, used: null }
    expect(await invites.open(ana, code, 1_000)).toEqual(opened)
    return { invites, opened }
  }

  describe(`${name} as Invites`, () => {
    test('[P4] a host has one open invite: asking again gives the same', async () => {
      const { invites, opened } = await withOpen()
      expect(await invites.open(ana, other, 2_000)).toEqual(opened)
      expect(await invites.find(code, 2_000)).toEqual(opened)
      expect(await invites.find(other, 2_000)).toBeNull()
    })

    test('[invite] a code that stands for another invite is refused and changes nothing', async () => {
      const { invites, opened } = await withOpen()
      expect(await invites.open(bo, code, 2_000)).toBeNull()
      expect(await invites.find(code, 2_000)).toEqual(opened)
      expect((await invites.open(bo, other, 2_000))?.host).toEqual(bo)
    })

    test('[P4] the one who used it may repeat it, and finds which game it became', async () => {
      const { invites, opened } = await withOpen()
      expect(await invites.use(code, bo.userId, game, 2_000)).toBe(true)
      expect(await invites.use(code, bo.userId, game, 3_000)).toBe(true)
      expect(await invites.find(code, 3_000)).toEqual({ ...opened, used: { by: bo.userId, gameId: game } })
    })

    test('[invite] used once: another player and another game are refused, also at once', async () => {
      const { invites } = await withOpen()
      const answers = await Promise.all([
        invites.use(code, bo.userId, game, 2_000),
        invites.use(code, cy, otherGame, 2_000),
      ])
      expect(answers.filter(Boolean)).toHaveLength(1)
      const { used } = (await invites.find(code, 2_000))!
      expect(await invites.use(code, used!.by, used!.gameId === game ? otherGame : game, 2_000)).toBe(false)
    })

    test('[invite] an unknown code cannot be used', async () => {
      const { invites } = await withOpen()
      expect(await invites.use(other, bo.userId, game, 2_000)).toBe(false)
      expect(await invites.find(other, 2_000)).toBeNull()
    })

    test('[invite] after it was used the host may open the next, under another code', async () => {
      const { invites } = await withOpen()
      await invites.use(code, bo.userId, game, 2_000)
      expect(await invites.open(ana, code, 3_000)).toBeNull()
      expect((await invites.open(ana, other, 3_000))?.code).toBe(other)
      expect((await invites.find(code, 3_000))?.used?.gameId).toBe(game)
    })

    test('[invite] it ends after INVITE_TTL_MS, and its host and code are free again', async () => {
      const { invites } = await withOpen()
      expect((await invites.find(code, endMs - 1))?.code).toBe(code)
      expect(await invites.find(code, endMs)).toBeNull()
      expect(await invites.use(code, bo.userId, game, endMs)).toBe(false)
      expect(await invites.open(ana, other, endMs)).toEqual({ code: other, host: ana, openedAtMs: endMs, used: null })
      expect((await invites.open(bo, code, endMs))?.host).toEqual(bo)
    })

    test('[P4] a later invite of the same host outlives the end of a used one', async () => {
      const { invites } = await withOpen()
      await invites.use(code, bo.userId, game, 2_000)
      const next = await invites.open(ana, other, 3_000)
      await invites.open(bo, 'MNPQ2345' as InviteCode, endMs)
      expect(await invites.open(ana, code, endMs + 1)).toEqual(next)
    })

    test('[invite] close ends the open invite of that host alone, not a used one', async () => {
      const { invites } = await withOpen()
      await invites.open(bo, other, 1_000)
      await invites.use(other, cy, game, 1_500)
      await invites.close([ana.userId, bo.userId, cy])
      expect(await invites.find(code, 2_000)).toBeNull()
      expect((await invites.find(other, 2_000))?.used?.by).toBe(cy)
    })
  })
}
