import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { identity, NOW_MS, sessionOf, testStores } from '../test-services.ts'
import { runCommand, USAGE } from './operator.ts'

async function newOperator() {
  const { accounts, sessions } = testStores()
  const audited: unknown[] = []
  await sessions.create(sessionOf(identity('ana')))
  const run = (...args: string[]) =>
    runCommand({ accounts, sessions, audit: (...entry) => void audited.push(entry), nowMs: NOW_MS }, args)
  const role = async () => (await accounts.get('ana' as UserId))?.role
  const sessionsOf = () => sessions.list('ana' as UserId, NOW_MS)
  return { accounts, run, role, sessionsOf, audited }
}

test('[admin] grants the role to somebody who has no account yet, and takes it back', async () => {
  const { run, role, sessionsOf, audited } = await newOperator()
  expect(await run('grant', 'ana')).toEqual({ ok: true, value: expect.stringContaining('ana is an admin') })
  expect(await run('grant', 'ana')).toMatchObject({ ok: true })
  expect(await role()).toBe('admin')
  expect(await sessionsOf()).toMatchObject([{ role: 'admin' }])
  expect(await run('revoke', 'ana')).toMatchObject({ ok: true })
  expect(await role()).toBe('player')
  expect(await sessionsOf()).toMatchObject([{ role: 'player', amr: [] }])
  expect(audited).toHaveLength(3)
  expect(audited[0]).toEqual(['role_changed', { outcome: 'done', requestId: null, target: 'ana', how: 'admin' }])
})

test('[admin] a lost device is forgotten', async () => {
  const { accounts, run, sessionsOf } = await newOperator()
  await run('grant', 'ana')
  await accounts.enrolSecondFactor('ana' as UserId, 'SECRET')
  await accounts.useSecondFactor('ana' as UserId, 'SECRET', 1)
  expect(await run('reset-otp', 'ana')).toMatchObject({ ok: true })
  expect(await accounts.secondFactor('ana' as UserId)).toBeNull()
  expect(await sessionsOf()).toMatchObject([{ role: 'admin', amr: [] }])
})

test.each([[[]], [['grant']], [['grant', 'ana', 'bo']], [['promote', 'ana']]])(
  '[admin] %j is answered with the usage',
  async (args) => {
    const { run, role } = await newOperator()
    expect(await run(...args)).toEqual({ ok: false, error: USAGE })
    expect(await role()).toBeUndefined()
  },
)

test('[admin] what cannot be a user, or is deleted, becomes no admin', async () => {
  const { accounts, run, role } = await newOperator()
  expect(await run('grant', 'ana bo')).toEqual({ ok: false, error: expect.stringContaining('"ana bo" is no user id') })
  expect(await run('revoke', 'ana')).toEqual({ ok: false, error: 'ana is deleted, or has no account' })
  await accounts.remove('ana' as UserId, NOW_MS)
  expect(await run('grant', 'ana')).toEqual({ ok: false, error: 'ana is deleted, or has no account' })
  expect(await role()).toBe('player')
})
