import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type LocalOidc, startLocalOidc } from '../../scripts/local-oidc.ts'
import { LOGIN_MS } from './login-state.ts'
import { createProvider } from './provider.ts'
import type { ProviderConfig } from './providers-file.ts'
import { refused, type Signed, startAccounts } from './test-accounts.ts'
import { newPerson } from './test-person.ts'

let oidc: LocalOidc
beforeAll(async () => {
  oidc = await startLocalOidc()
})
afterAll(() => oidc.stop())

const HERE = 'http://127.0.0.1:8080'
const config = (): ProviderConfig => ({
  name: 'local',
  title: 'Local',
  issuer: oidc.issuer,
  clientId: 'oxo',
  audiences: [],
})
const start = (changes: Parameters<typeof startAccounts>[0] = {}) => {
  const providers = [createProvider(config(), systemClock)]
  return startAccounts({ publicUrl: HERE, providers, ...changes }, Date.now())
}
const signed = async (response: Response) => (await response.json()) as Signed
const outcome = (response: Response) => {
  const url = new URL(response.headers.get('location')!)
  return [response.status, url.origin + url.pathname, url.searchParams.get('signIn')]
}

describe('the code flow with a real provider', () => {
  test('[accounts] a person signs in, comes back to where they were, and is the same one the next time', async () => {
    const accounts = await start()
    expect(await (await accounts.get('/auth/providers')).json()).toEqual({
      providers: [{ name: 'local', title: 'Local' }],
    })
    const ana = newPerson(accounts, 'ana')
    const back = await ana.signIn('?returnTo=%2F%3Finvite%3DABCD2345')
    expect(back.headers.get('location')).toBe(`${HERE}/?invite=ABCD2345&signIn=done`)
    expect(back.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^oxo_refresh_account=[^;]+; Path=\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/),
      'oxo_login=; Path=/auth; Max-Age=0; HttpOnly; SameSite=Lax',
    ])
    const first = await signed(await ana.refresh())
    expect(first).not.toHaveProperty('refreshToken')
    expect(await accounts.claims(first.accessToken)).toMatchObject({ sub: first.userId, amr: ['fed'] })
    expect(await accounts.accounts.get(first.userId as UserId)).toMatchObject({
      identity: { provider: 'local', subject: 'ana' },
      email: 'ana@players.test',
      displayName: first.name,
    })

    const elsewhere = newPerson(accounts, 'ana')
    await elsewhere.signIn()
    expect(await signed(await elsewhere.refresh())).toMatchObject({ userId: first.userId, name: first.name })
    const bo = newPerson(accounts, 'bo')
    await bo.signIn()
    expect((await signed(await bo.refresh())).userId).not.toBe(first.userId)
    expect(accounts.audited.map(({ event }) => event)).toEqual(['signed_in', 'signed_in', 'signed_in'])
  })

  test('[accounts] over https cookies are secure, and named so that nothing else can set them', async () => {
    const accounts = await start({ publicUrl: 'https://oxo.test' })
    const begun = await newPerson(accounts, 'ana').begin()
    expect(begun.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Secure-oxo_login=[^;]+; Path=\/auth; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/),
    ])
    expect(new URL(begun.headers.get('location')!).searchParams.get('redirect_uri')).toBe(
      'https://oxo.test/auth/callback',
    )
  })

  test('[accounts] a guest who is new to us becomes the account, with id, name and games; the guest’s session is over', async () => {
    const accounts = await start()
    const ana = newPerson(accounts, 'ana')
    const guest = await signed(await ana.guest('3'))
    const token = [...ana.cookies.kept.values()][0]!
    await ana.signIn('?cookie=3')
    expect([...ana.cookies.kept.keys()]).toEqual(['oxo_refresh_account'])
    expect(await signed(await ana.refresh())).toMatchObject({ userId: guest.userId, name: guest.name })
    expect(await refused(await accounts.refresh(token), 401, 'UNAUTHENTICATED')).toContain('ended')
    expect(accounts.audited.map(({ event }) => event)).toContain('account_linked')
    const [kept] = await accounts.sessions.list(guest.userId as UserId, Date.now())
    expect(kept).toMatchObject({ kind: 'account' })
  })

  test('[accounts] a guest who has an account gets it: the guest’s session ends, and the guest’s games stay the guest’s', async () => {
    const accounts = await start()
    const home = newPerson(accounts, 'ana')
    await home.signIn()
    const account = await signed(await home.refresh())
    const away = newPerson(accounts, 'ana')
    const guest = await signed(await away.guest())
    await away.signIn('?cookie=0')
    expect(await signed(await away.refresh())).toMatchObject({ userId: account.userId })
    expect(await accounts.sessions.list(guest.userId as UserId, Date.now())).toEqual([])
    expect(await accounts.accounts.get(guest.userId as UserId)).toBeNull()
    expect((await accounts.ended.read(null)).ended).toMatchObject([{ userId: guest.userId }])
  })

  test('[accounts] a guest’s id that is an account already is not given away with the guest’s token', async () => {
    const accounts = await start()
    const thief = newPerson(accounts, 'mallory')
    const guest = await signed(await thief.guest())
    const fresh = { email: null, displayName: 'Ana', avatarUrl: null, region: 'eu' }
    await accounts.accounts.linkIdentity(guest.userId as UserId, { provider: 'local', subject: 'ana' }, fresh, 1)
    expect(outcome(await thief.signIn('?cookie=0'))).toEqual([303, `${HERE}/`, 'done'])
    const { userId } = await signed(await thief.refresh())
    expect(userId).not.toBe(guest.userId)
    expect(await accounts.accounts.get(userId as UserId)).toMatchObject({ identity: { subject: 'mallory' } })
  })

  test('[accounts] an account is not joined with another person’s identity, and its session goes on', async () => {
    const accounts = await start()
    const ana = newPerson(accounts, 'ana')
    await ana.signIn()
    const account = await signed(await ana.refresh())
    const token = ana.cookies.kept.get('oxo_refresh_account')
    const bo = newPerson(accounts, 'bo')
    bo.cookies.kept.set('oxo_refresh_account', token!)
    await bo.signIn('?cookie=account')
    expect((await signed(await bo.refresh())).userId).not.toBe(account.userId)
    expect(await accounts.accounts.get(account.userId as UserId)).toMatchObject({ identity: { subject: 'ana' } })
    expect((await ana.refresh()).status).toBe(200)
  })

  test('[accounts] who is banned is told so, and stays out', async () => {
    const accounts = await start()
    const ana = newPerson(accounts, 'ana')
    await ana.signIn()
    const { userId } = await signed(await ana.refresh())
    await accounts.accounts.setBanned(userId as UserId, true, Date.now())
    const again = newPerson(accounts, 'ana')
    expect(outcome(await again.signIn())).toEqual([303, `${HERE}/`, 'FORBIDDEN'])
    expect([...again.cookies.kept]).toEqual([])
    await accounts.accounts.setBanned(userId as UserId, false, Date.now())
    expect(outcome(await again.signIn())).toEqual([303, `${HERE}/`, 'done'])
  })
})

describe('what binds the provider’s answer to the browser that asked', () => {
  test('[P8] another state, another browser, a code used twice and a refusal sign nobody in', async () => {
    const accounts = await start()
    const ana = newPerson(accounts, 'ana')
    const url = await ana.atProvider((await ana.begin()).headers.get('location')!)

    const otherState = new URL(url)
    otherState.searchParams.set('state', 'x'.repeat(43))
    const elsewhere = newPerson(accounts, 'ana')
    const begun = newPerson(accounts, 'ana')
    await begun.begin()
    const denied = new URL(url)
    denied.searchParams.delete('code')
    denied.searchParams.set('error', 'access_denied')
    for (const [who, at, code] of [
      [elsewhere, url, 'BAD_REQUEST'],
      [begun, url, 'UNAUTHENTICATED'],
    ] as const) {
      expect(outcome(await who.comeBack(at))).toEqual([303, `${HERE}/`, code])
    }
    const cookies = new Map(ana.cookies.kept)
    for (const at of [otherState, denied]) {
      expect(outcome(await ana.comeBack(at))).toEqual([303, `${HERE}/`, 'UNAUTHENTICATED'])
      for (const [name, value] of cookies) ana.cookies.kept.set(name, value)
    }
    expect(outcome(await ana.comeBack(url))).toEqual([303, `${HERE}/`, 'done'])
    for (const [name, value] of cookies) ana.cookies.kept.set(name, value)
    expect(outcome(await ana.comeBack(url))).toEqual([303, `${HERE}/`, 'UNAUTHENTICATED'])
    expect(accounts.audited.filter(({ event }) => event === 'signed_in')).toHaveLength(1)
  })

  test('[P8] a sign-in ends after ten minutes, and a cookie that was changed is none', async () => {
    const accounts = await start()
    const ana = newPerson(accounts, 'ana')
    const url = await ana.atProvider((await ana.begin()).headers.get('location')!)
    const sealed = ana.cookies.kept.get('oxo_login')!
    const [text, mac] = sealed.split('.') as [string, string]
    const state = JSON.parse(Buffer.from(text, 'base64url').toString()) as object
    const forged = Buffer.from(JSON.stringify({ ...state, guest: 'somebody' })).toString('base64url')
    ana.cookies.kept.set('oxo_login', `${forged}.${mac}`)
    expect(outcome(await ana.comeBack(url))).toEqual([303, `${HERE}/`, 'BAD_REQUEST'])
    ana.cookies.kept.set('oxo_login', sealed)
    accounts.advance(LOGIN_MS)
    expect(outcome(await ana.comeBack(url))).toEqual([303, `${HERE}/`, 'BAD_REQUEST'])
    ana.cookies.kept.set('oxo_login', sealed)
    accounts.advance(-1)
    expect(outcome(await ana.comeBack(url))).toEqual([303, `${HERE}/`, 'done'])
  })

  test.each(['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)', `/${'a'.repeat(300)}`])(
    '[P8] %s is no place to come back to',
    async (returnTo) => {
      const accounts = await start()
      const back = await newPerson(accounts, 'ana').signIn(`?returnTo=${encodeURIComponent(returnTo)}`)
      expect(outcome(back)).toEqual([303, `${HERE}/`, 'done'])
    },
  )

  test('[P8] an unknown provider, and one that is away: programs get the refusal, people the page', async () => {
    const away = createProvider({ ...config(), name: 'away', issuer: 'http://127.0.0.1:9' }, systemClock)
    const accounts = await start({ providers: [away] })
    await refused(await accounts.get('/auth/login/nobody'), 404, 'NOT_FOUND')
    await refused(await accounts.get('/auth/login/away'), 503, 'UNAVAILABLE')
    const page = await accounts.get('/auth/login/away', { accept: 'text/html' })
    expect(outcome(page)).toEqual([303, `${HERE}/`, 'UNAVAILABLE'])
  })

  test('[level] with accounts away nobody signs in and all is as before; guests come, and sessions go on', async () => {
    const down = async () => {
      throw new StoreUnavailable('away')
    }
    const store = memoryAccountStore()
    const sick = { ...store, findByIdentity: store.findByIdentity }
    const accounts = await start({ accounts: sick })
    const ana = newPerson(accounts, 'ana')
    await ana.signIn()
    const { userId } = await signed(await ana.refresh())

    sick.findByIdentity = down
    const bo = newPerson(accounts, 'bo')
    const guest = await signed(await bo.guest())
    const url = await bo.atProvider((await bo.begin('?cookie=0')).headers.get('location')!)
    const login = bo.cookies.kept.get('oxo_login')!
    const response = await accounts.get(url.pathname + url.search, { cookie: `oxo_login=${login}` })
    await refused(response, 503, 'UNAVAILABLE')
    expect(await signed(await ana.refresh())).toMatchObject({ userId })
    expect(await signed(await bo.refresh('0'))).toMatchObject({ userId: guest.userId })

    sick.findByIdentity = store.findByIdentity
    expect(outcome(await bo.signIn('?cookie=0'))).toEqual([303, `${HERE}/`, 'done'])
    expect(await signed(await bo.refresh())).toMatchObject({ userId: guest.userId })
  })
})
