import { expect, test } from 'vitest'
import type { InviteCode, UserId } from '../../protocol/ids.ts'
import { INVITE_TTL_MS } from '../../protocol/limits.ts'
import { invitesContract } from '../invites.contract.ts'
import { memoryInvites } from './invites.ts'

invitesContract('memory', async () => memoryInvites())

test('[bounded] invites that expired are not held', async () => {
  const invites = memoryInvites()
  const open = (i: number, nowMs: number) =>
    invites.open({ userId: `u${i}` as UserId, name: `U${i}` }, `CODE${i}` as InviteCode, nowMs)
  for (let i = 0; i < 100; i++) await open(i, i)
  expect(invites.held()).toBe(100)
  await open(100, INVITE_TTL_MS + 49)
  expect(invites.held()).toBe(51)
})
