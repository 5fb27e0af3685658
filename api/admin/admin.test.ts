import { describe, expect, test } from 'vitest'
import { SECOND_FACTOR_TRIES_MAX, SECOND_FACTOR_WINDOW_MS } from '../../ports/account-store.ts'
import type { Session } from '../../ports/session-store.ts'
import { callerOf, identity, NOW_MS, refusing, sessionOf, testStores } from '../test-services.ts'
import { createAdmin } from './admin.ts'
import { codeAt } from './totp.ts'

const ana = identity('ana')
const bo = identity('bo')
const raised = identity('ana', { role: 'admin', amr: ['otp'] })

async function newAdmin() {
  const stores = testStores()
  const mint = async ({ userId, role, amr }: Session) => ({
    accessToken: JSON.stringify({ userId, role, amr }),
    expiresIn: 900,
  })
  const { call, audited } = callerOf(createAdmin({ ...stores, mint }).app)
  for (const who of [ana, bo]) {
    await stores.accounts.ensureGuest(who.userId, { displayName: who.name, region: 'eu' }, NOW_MS)
    await stores.sessions.create(sessionOf(who))
  }
  await stores.accounts.setRole(ana.userId, 'admin', NOW_MS)

  const code = (secret: string) => codeAt(secret, stores.clock.now())
  const enrolled = async (): Promise<string> => (await call(ana, 'POST', '/auth/totp/enrol')).body.secret
  const show = (text: unknown) => call(ana, 'POST', '/auth/totp', { code: text })
  return { stores, call, audited, code, enrolled, show }
}

describe('the second factor', () => {
  test('[totp] a good code raises the session, and the token that is given for it', async () => {
    const { stores, call, code, show, audited } = await newAdmin()
    const { status, body, headers } = await call(ana, 'POST', '/auth/totp/enrol')
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(new URL(body.otpauthUri).searchParams.get('secret')).toBe(body.secret)
    const verified = await show(code(body.secret))
    expect(verified).toMatchObject({ status: 200, body: { expiresIn: 900 } })
    expect(JSON.parse(verified.body.accessToken)).toEqual({ userId: 'ana', role: 'admin', amr: ['otp'] })
    expect(await stores.sessions.find(ana.sessionId, NOW_MS)).toMatchObject({ role: 'admin', amr: ['otp'] })
    expect(await stores.sessions.find(bo.sessionId, NOW_MS)).toMatchObject({ role: 'player', amr: [] })
    expect(audited).toEqual(['second_factor_enrolled'])
  })

  test('[totp] a code is good once, however it is shown again', async () => {
    const { stores, code, enrolled, show } = await newAdmin()
    const secret = await enrolled()
    const used = code(secret)
    expect(await show(used)).toMatchObject({ status: 200 })
    expect(await show(used)).toMatchObject(refusing(403, 'FORBIDDEN'))
    stores.advance(30_000)
    expect(await show(used)).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await show(code(secret))).toMatchObject({ status: 200 })
  })

  test('[totp] at once by two, it is good for one of them', async () => {
    const { code, enrolled, show } = await newAdmin()
    const used = code(await enrolled())
    const statuses = (await Promise.all([show(used), show(used), show(used)])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 403, 403])
  })

  test('[totp] guessing ends after five tries, for the right code too, until the window is over', async () => {
    const { stores, code, enrolled, show, audited } = await newAdmin()
    const secret = await enrolled()
    const wrong = code(secret) === '000000' ? '000001' : '000000'
    for (let i = 0; i < SECOND_FACTOR_TRIES_MAX; i++)
      expect(await show(wrong)).toMatchObject(refusing(403, 'FORBIDDEN'))
    const limited = await show(code(secret))
    expect(limited).toMatchObject(refusing(429, 'RATE_LIMITED'))
    expect(limited.headers.get('retry-after')).toBe(String(SECOND_FACTOR_WINDOW_MS / 1_000))
    expect(audited.filter((event) => event === 'second_factor_refused')).toHaveLength(SECOND_FACTOR_TRIES_MAX + 1)
    stores.advance(SECOND_FACTOR_WINDOW_MS)
    expect(await show(code(secret))).toMatchObject({ status: 200 })
  })

  test('[totp] who has one in use gets no other; who has none can show nothing', async () => {
    const { code, call, enrolled, show } = await newAdmin()
    expect(await show('123456')).toMatchObject(refusing(403, 'FORBIDDEN'))
    await enrolled()
    expect(await show(code(await enrolled()))).toMatchObject({ status: 200 })
    expect(await call(ana, 'POST', '/auth/totp/enrol')).toMatchObject(refusing(403, 'FORBIDDEN'))
  })

  test.each([{}, { code: 123456 }, { code: '12345' }, { code: '123456', userId: 'bo' }])(
    '[P8] %j is no code',
    async (body) => {
      const { call } = await newAdmin()
      expect(await call(ana, 'POST', '/auth/totp', body)).toMatchObject(refusing(400, 'BAD_REQUEST'))
    },
  )

  test('[totp] a session that ended, or an account that is no more, is not raised', async () => {
    const { stores, call, code, enrolled, show } = await newAdmin()
    const secret = await enrolled()
    await stores.sessions.end(ana.sessionId)
    expect(await show(code(secret))).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
    await stores.accounts.remove(bo.userId, NOW_MS)
    expect(await call(bo, 'POST', '/auth/totp/enrol')).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
  })
})

describe('/admin', () => {
  test('[admin] role and second factor, both, and the role as it is now', async () => {
    const { stores, call, audited } = await newAdmin()
    const path = '/admin/users/bo'
    expect(await call(null, 'GET', path)).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
    expect(await call(bo, 'GET', path)).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await call(identity('bo', { amr: ['otp'] }), 'GET', path)).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await call(identity('ana', { role: 'admin' }), 'GET', path)).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await call(raised, 'GET', path)).toMatchObject({ status: 200 })
    await stores.accounts.setRole(ana.userId, 'player', NOW_MS)
    expect(await call(raised, 'GET', path)).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(audited).toEqual(Array(6).fill('admin_called'))
  })

  test('[admin] reads all that an operator needs', async () => {
    const { call } = await newAdmin()
    expect((await call(raised, 'GET', '/admin/users/bo')).body).toMatchObject({
      ...{ userId: 'bo', name: 'Name of bo', state: 'active', role: 'player', secondFactor: false, sessions: 1 },
      ...{ doing: 'idle', updatedAt: new Date(NOW_MS).toISOString() },
    })
    expect(await call(raised, 'GET', '/admin/users/nobody')).toMatchObject(refusing(404, 'NOT_FOUND'))
  })

  test('[admin] a ban ends the sessions, and is taken back', async () => {
    const { stores, call } = await newAdmin()
    for (const _ of ['first', 'repeat'])
      expect(await call(raised, 'POST', '/admin/users/bo/ban')).toMatchObject({
        status: 200,
        body: { state: 'banned', sessions: 0 },
      })
    expect((await stores.ended.read(null)).ended).toEqual([{ userId: 'bo', sessionId: null }])
    for (const _ of ['first', 'repeat'])
      expect(await call(raised, 'POST', '/admin/users/bo/unban')).toMatchObject({
        status: 200,
        body: { state: 'active' },
      })
    expect(await call(raised, 'POST', '/admin/users/nobody/ban')).toMatchObject(refusing(404, 'NOT_FOUND'))
  })

  test('[admin] no admin bans another, and a deleted account stays deleted', async () => {
    const { stores, call } = await newAdmin()
    expect(await call(raised, 'POST', '/admin/users/ana/ban')).toMatchObject(refusing(403, 'FORBIDDEN'))
    await stores.accounts.remove(bo.userId, NOW_MS)
    expect(await call(raised, 'GET', '/admin/users/bo')).toMatchObject({ status: 200, body: { state: 'deleted' } })
    expect(await call(raised, 'POST', '/admin/users/bo/ban')).toMatchObject(refusing(404, 'NOT_FOUND'))
    expect(await call(raised, 'POST', '/admin/users/bo/unban')).toMatchObject(refusing(404, 'NOT_FOUND'))
  })
})
