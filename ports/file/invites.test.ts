import { expect, test } from 'vitest'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import { invitesContract } from '../invites.contract.ts'
import type { Invites } from '../invites.ts'
import { fileInvites } from './invites.ts'
import { testFiles } from './test-files.ts'

const { newPath, closeLater } = testFiles()

async function open(path: string): Promise<Invites> {
  const invites = await fileInvites(path)
  closeLater(invites.closeFile)
  return invites
}

invitesContract('file', () => open(newPath()))

test('file: [P1] after a hard stop an open code opens, a used one names its game to a repeat, a closed one is gone', async () => {
  const path = newPath()
  const host = (name: string) => ({ userId: name as UserId, name })
  const [first, second, closed, game] = ['FIRST', 'SECOND', 'CLOSED', 'g1'] as [
    InviteCode,
    InviteCode,
    InviteCode,
    GameId,
  ]
  let invites = await open(path)
  await Promise.all([invites.open(host('ana'), first, 1_000), invites.open(host('cy'), closed, 1_000)])
  await invites.use(first, 'bo' as UserId, game, 2_000)
  await Promise.all([invites.close(['cy' as UserId]), invites.close(['ana' as UserId])])
  await invites.open(host('ana'), second, 3_000)
  for (let start = 0; start < 2; start++) {
    invites = await open(path)
    expect(await invites.open(host('ana'), 'FRESH' as InviteCode, 4_000)).toEqual({
      code: second,
      host: host('ana'),
      openedAtMs: 3_000,
      used: null,
    })
    expect(await invites.use(first, 'bo' as UserId, game, 4_000)).toBe(true)
    expect(await invites.use(first, 'di' as UserId, game, 4_000)).toBe(false)
    expect(await invites.find(closed, 4_000)).toBeNull()
  }
})
