import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { endUser } from '../../ports/ended-sessions.ts'
import { newKeysText } from '../../ports/private-jwks.ts'
import { newSessionId } from '../../ports/session-store.ts'
import type { UserId } from '../../protocol/ids.ts'
import { openKeyRing } from './key-ring.ts'
import { cookieJar, refused, type Signed, startAccounts, type TestAccounts } from './test-accounts.ts'

const bearer = ({ accessToken }: Pick<Signed, 'accessToken'>) => ({ authorization: `Bearer ${accessToken}` })
/** Is the access token good for anything? Logging out by it needs one that is. */
const isGood = async (accounts: TestAccounts, signed: Signed) =>
  (await accounts.post('/auth/logout', {}, bearer(signed))).status === 204

/** Another session of the same user. */
async function another(accounts: TestAccounts, { userId }: Signed): Promise<Signed> {
  const [session] = await accounts.sessions.list(userId as UserId, accounts.clock.now())
  const id = newSessionId(userId as UserId, accounts.random)
  await accounts.sessions.create({ ...session!, id })
  return accounts.signed(id)
}

describe('POST /auth/logout', () => {
  test('[session] ends the session of a refresh token, in body or cookie, or of an access token; repeats are good', async () => {
    const accounts = await startAccounts()
    const { guest, post, refresh } = accounts
    const jar = cookieJar()
    jar.take(await post('/auth/guest', { cookie: '5' }))
    const [name, token] = [...jar.kept][0]!
    expect(name).toBe('__Secure-oxo_refresh_5')
    const [byBody, byAccess] = [await guest(), await guest()]

    expect((await post('/auth/logout', { refreshToken: byBody.refreshToken })).status).toBe(204)
    expect((await post('/auth/logout', { refreshToken: byBody.refreshToken })).status).toBe(204)
    expect((await post('/auth/logout', undefined, bearer(byAccess))).status).toBe(204)
    const byCookie = await post('/auth/logout', { cookie: '5' }, jar.headers())
    expect([byCookie.status, byCookie.headers.get('set-cookie')]).toEqual([
      204,
      `${name}=; Path=/auth; Max-Age=0; HttpOnly; SameSite=Strict; Secure`,
    ])
    for (const dead of [byBody.refreshToken, byAccess.refreshToken, token]) {
      expect(await refused(await refresh(dead), 401, 'UNAUTHENTICATED')).toBe('the session has ended')
    }
  })

  test('[session] its access tokens count no more, and those of other sessions do', async () => {
    const accounts = await startAccounts()
    const [gone, stays] = [await accounts.guest(), await accounts.guest()]
    const second = (await (await accounts.refresh(gone.refreshToken)).json()) as Signed
    expect((await accounts.post('/auth/logout', {}, bearer(gone))).status).toBe(204)
    expect([await isGood(accounts, gone), await isGood(accounts, second)]).toEqual([false, false])
    expect(await isGood(accounts, stays)).toBe(true)
  })

  test('[session] all: every session of the user, nobody else’s; not with an old refresh token, which ends its own', async () => {
    const accounts = await startAccounts()
    const [ana, bo] = [await accounts.guest(), await accounts.guest()]
    const phone = await another(accounts, ana)
    const fresh = (await (await accounts.refresh(ana.refreshToken)).json()) as Signed
    const old = { refreshToken: ana.refreshToken, all: true }
    await refused(await accounts.post('/auth/logout', old), 401, 'UNAUTHENTICATED')
    expect([await isGood(accounts, fresh), (await accounts.refresh(phone.refreshToken)).status]).toEqual([false, 200])

    const tablet = await another(accounts, ana)
    expect((await accounts.post('/auth/logout', { all: true }, bearer(phone))).status).toBe(204)
    expect(await accounts.sessions.list(ana.userId as UserId, accounts.clock.now())).toEqual([])
    expect([await isGood(accounts, phone), await isGood(accounts, tablet)]).toEqual([false, false])
    expect(await isGood(accounts, bo)).toBe(true)
  })

  test('[P8] shows nothing of ours, or a body of another shape: refused', async () => {
    const { post, guest } = await startAccounts()
    const { refreshToken } = await guest()
    await refused(await post('/auth/logout', {}), 401, 'UNAUTHENTICATED')
    // Another text of the same bytes: the last character carries 4 bits, all of ours leave the other two 0.
    const respelt = String.fromCharCode(refreshToken.charCodeAt(refreshToken.length - 1) + 1)
    for (const last of ['_', respelt]) {
      await refused(
        await post('/auth/logout', { refreshToken: refreshToken.slice(0, -1) + last }),
        401,
        'UNAUTHENTICATED',
      )
    }
    await refused(await post('/auth/logout', { cookie: '0' }), 401, 'UNAUTHENTICATED')
    for (const body of [{ all: 'yes' }, { cookie: 'other' }, '[]', 'x']) {
      await refused(await post('/auth/logout', body), 400, 'BAD_REQUEST')
    }
    expect((await post('/auth/logout', { refreshToken })).status).toBe(204)
  })

  test('[session] a stolen refresh token ends the session’s access tokens too; a banned user’s all end', async () => {
    const accounts = await startAccounts()
    const [robbed, banned] = [await accounts.guest(), await accounts.guest()]
    const fresh = (await (await accounts.refresh(robbed.refreshToken)).json()) as Signed
    await refused(await accounts.refresh(robbed.refreshToken), 401, 'UNAUTHENTICATED')
    expect(await isGood(accounts, fresh)).toBe(false)

    await endUser(accounts, banned.userId as UserId)
    expect([await isGood(accounts, banned), (await accounts.refresh(banned.refreshToken)).status]).toEqual([false, 401])
  })
})

describe('refresh tokens in cookies', () => {
  test('[accounts] never show themselves to scripts, and rotate like any other', async () => {
    const { post } = await startAccounts()
    const jar = cookieJar()
    const guest = await post('/auth/guest', { cookie: '0' })
    jar.take(guest)
    expect(guest.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Secure-oxo_refresh_0=[^;]+; Path=\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/,
      ),
    ])
    expect(await guest.json()).not.toHaveProperty('refreshToken')
    const first = jar.headers()
    const answer = await post('/auth/refresh', { cookie: '0' }, first)
    jar.take(answer)
    expect(answer.status).toBe(200)
    expect(jar.headers()).not.toEqual(first)
    const replayed = await post('/auth/refresh', { cookie: '0' }, first)
    expect(replayed.headers.get('set-cookie')).toContain('Max-Age=0')
    await refused(replayed, 401, 'UNAUTHENTICATED')
    await refused(await post('/auth/refresh', { cookie: '0' }, jar.headers()), 401, 'UNAUTHENTICATED')
  })

  test('[P8] another site cannot make a browser use them: without its header, or from another origin, nothing happens', async () => {
    const { post } = await startAccounts()
    const jar = cookieJar()
    jar.take(await post('/auth/guest', { cookie: '0' }))
    const { 'x-requested-with': _, ...bare } = jar.headers()
    for (const path of ['/auth/refresh', '/auth/logout']) {
      await refused(await post(path, { cookie: '0' }, bare), 403, 'FORBIDDEN')
      await refused(
        await post(path, { cookie: '0' }, { ...jar.headers(), origin: 'https://evil.test' }),
        403,
        'FORBIDDEN',
      )
      const site = { ...jar.headers(), 'sec-fetch-site': 'cross-site' }
      await refused(await post(path, { cookie: '0' }, site), 403, 'FORBIDDEN')
    }
    expect((await post('/auth/refresh', { cookie: '0' }, jar.headers())).status).toBe(200)
  })

  test('[P8] both a token and a cookie, neither, or a name that is not ours', async () => {
    const { post } = await startAccounts()
    for (const body of [{ cookie: '0', refreshToken: 'x' }, { cookie: 'oxo_login' }, { cookie: 0 }]) {
      await refused(await post('/auth/refresh', body), 400, 'BAD_REQUEST')
    }
    await refused(await post('/auth/guest', { cookie: 'account' }), 400, 'BAD_REQUEST')
    await refused(await post('/auth/refresh', { cookie: '1' }), 401, 'UNAUTHENTICATED')
  })
})

describe('the key ring', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-ring-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('[keys] a file that changes changes the keys without a restart; a damaged one leaves them as they are', async () => {
    const path = join(folder, 'keys.json')
    const events: string[] = []
    const note = (event: string) => void events.push(event)
    const log = { ...silentLog, info: note, error: note }
    const clock = virtualClock()
    const opened = await openKeyRing(path, { clock, log, audit: (event) => void events.push(event) })
    if (!opened.ok) throw new Error(opened.error)
    const ring = opened.value
    const [before, jwks] = [ring.keys()[0].kid, ring.jwks()]

    writeFileSync(path, '{"keys": [')
    await ring.refresh()
    expect([ring.keys()[0].kid, ring.jwks()]).toEqual([before, jwks])
    writeFileSync(path, newKeysText())
    await ring.refresh()
    await ring.refresh()
    expect(ring.keys()[0].kid).not.toBe(before)
    expect(ring.jwks().keys.map(({ kid }) => kid)).toEqual([ring.keys()[0].kid])
    expect(events).toEqual(['auth_keys_not_replaced', 'auth_keys_read', 'signing_key_rotated'])
    ring.close()
  })
})
