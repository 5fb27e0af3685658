import { expect, test } from 'vitest'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import { INVITE_TTL_MS } from '../../protocol/limits.ts'
import { invitesContract } from '../invites.contract.ts'
import type { Valkey } from './connect.ts'
import { valkeyInvites } from './invites.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')
const cluster = testStore('cluster')
const ana = { userId: 'ana' as UserId, name: 'Quiet Otter 42' }
const bo = 'bo' as UserId
const code = 'ABCD2345' as InviteCode
const other = 'WXYZ6789' as InviteCode
const game = '00000001-0000-8000-8000-000000000000' as GameId

invitesContract('valkey', async () => valkeyInvites(single.valkey()))
invitesContract('valkey cluster', async () => valkeyInvites(cluster.valkey()))

test('valkey: [P4] calls repeated after a lost answer are answered alike, and do not undo what came between', async () => {
  const invites = valkeyInvites(single.valkey())
  const opened = await invites.open(ana, code, 1_000)
  expect(await invites.open(ana, code, 1_000)).toEqual(opened)
  await invites.use(code, bo, game, 2_000)
  await invites.open(ana, other, 3_000)
  expect(await invites.use(code, bo, game, 4_000)).toBe(true)
  expect(await invites.find(other, 4_000), 'the next one stays open').not.toBeNull()
  expect((await invites.open(ana, code, 4_000))?.code).toBe(other)
  await invites.close([ana.userId])
  await invites.close([ana.userId])
  expect((await invites.find(code, 4_000))?.used).toEqual({ by: bo, gameId: game })
})

test('valkey: [P4] an open and a close at once leave one open invite or none, never a code without its host', async () => {
  const invites = valkeyInvites(single.valkey())
  for (let round = 0; round < 20; round++) {
    await invites.open(ana, code, 1_000)
    await Promise.all([invites.close([ana.userId]), invites.close([ana.userId]), invites.open(ana, other, 1_000)])
    const found = await Promise.all([code, other].map((one) => invites.find(one, 1_000)))
    const open = found.filter((invite) => invite !== null)
    expect(open.length).toBeLessThanOrEqual(1)
    const keys = await single.valkey().keys('{inv}:*')
    expect(keys).toHaveLength(2 * open.length)
    await invites.close([ana.userId])
  }
})

/** A connection on which `meanwhile` happens between a call's look and its script, once. */
function interrupted(look: 'hget' | 'hmget', meanwhile: () => Promise<unknown>): Valkey {
  const valkey = single.valkey()
  let done = false
  const first = async (...args: string[]) => {
    const seen = await valkey.call(look, ...(args as [string]))
    if (!done) {
      done = true
      await meanwhile()
    }
    return seen
  }
  return Object.create(valkey, { [look]: { value: first } }) as Valkey
}

test('valkey: [P4] close ends what is open when it arrives, whole, though the host opened another one meanwhile', async () => {
  const others = valkeyInvites(single.valkey())
  await others.open(ana, code, 1_000)
  const meanwhile = async () => {
    await others.close([ana.userId])
    await others.open(ana, other, 1_000)
  }
  await valkeyInvites(interrupted('hget', meanwhile)).close([ana.userId])
  expect(await single.valkey().keys('{inv}:*')).toEqual([])
})

test('valkey: [P4] use takes the invite that its code stands for when it arrives', async () => {
  const others = valkeyInvites(single.valkey())
  await others.open(ana, code, 1_000)
  const meanwhile = async () => {
    await others.close([ana.userId])
    await others.open({ ...ana, userId: bo }, code, 1_000)
  }
  expect(await valkeyInvites(interrupted('hmget', meanwhile)).use(code, 'cy' as UserId, game, 2_000)).toBe(true)
  expect(await single.valkey().keys('{inv}:*'), 'no host has it open').toEqual([`{inv}:code:${code}`])
})

test('valkey: [bounded] invites end by themselves, no later than a minute after their life, used ones too', async () => {
  const invites = valkeyInvites(single.valkey())
  await invites.open(ana, code, 1_000)
  await invites.open({ ...ana, userId: bo }, other, 1_000)
  await invites.use(code, bo, game, 2_000)
  const keys = await single.valkey().keys('{inv}:*')
  expect(keys).toHaveLength(3)
  for (const key of keys) {
    const leftMs = await single.valkey().pttl(key)
    expect(leftMs).toBeGreaterThan(INVITE_TTL_MS)
    expect(leftMs).toBeLessThanOrEqual(INVITE_TTL_MS + 60_000)
  }
})

test('valkey: [P4] without the replicas asked for a write has an unknown outcome', async () => {
  const invites = valkeyInvites(single.valkey(), { replicas: 1, waitMs: 20 })
  await expect(invites.open(ana, code, 1_000)).rejects.toThrow(/0 of 1 replicas/)
})
