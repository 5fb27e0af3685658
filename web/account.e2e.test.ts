import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalOidc, startLocalOidc, writeProviders } from '../scripts/local-oidc.ts'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { axeViolations, launchChromium, openPage, type Person } from './test-browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-account-'))
let oidc: LocalOidc
let server: TestServer
let browser: Browser

beforeAll(async () => {
  oidc = await startLocalOidc()
  const file = join(folder, 'providers.json')
  await writeProviders(oidc, file)
  ;[server, browser] = await Promise.all([startTestServer({ AUTH_PROVIDERS_FILE: file }), launchChromium()])
  // The embedded PostgreSQL of a fresh folder takes its time; whoever asks waits for it.
  for (let status = 503; status === 503; ) status = (await fetch(`${server.url}/users/nobody`)).status
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await oidc?.stop()
  rmSync(folder, { recursive: true })
})

const open = (path = '/', context?: Person['context']) => openPage(browser, server.url + path, context)

/** By the button of the page and the form of the provider. */
async function signIn({ page, hook }: Person, name: string): Promise<void> {
  await hook('sign-in-local').click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await hook('sign-out').waitFor()
}

const shownName = ({ page }: Person) => page.locator('header .me').innerText()
/** Everything that scripts of the page could read. */
const readable = ({ page }: Person) =>
  page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]))

/** A browser profile whose pages note with which codes their sockets were closed. */
async function newContext(): Promise<Person['context']> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  await context.addInitScript(() => {
    const noted: number[] = []
    const Plain = WebSocket
    class NotingWebSocket extends Plain {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('close', ({ code }) => noted.push(code))
      }
    }
    Object.assign(globalThis, { WebSocket: NotingWebSocket, closeCodes: noted })
  })
  return context
}
const closedWith = ({ page }: Person, code: number) =>
  page.waitForFunction((wanted) => Reflect.get(globalThis, 'closeCodes').includes(wanted), code, { timeout: 5_000 })

test('[accounts] a guest signs in and stays who they are, plays, logs out everywhere, and is the same one elsewhere', async () => {
  const ana = await open('/?invite=ABCD2345', await newContext())
  await ana.hook('accept-invite').waitFor()
  await ana.page.goto(server.url)
  await ana.hook('sign-in-local').waitFor()
  expect(await axeViolations(ana)).toEqual([])
  const name = await shownName(ana)
  await signIn(ana, 'ana')
  expect(await shownName(ana)).toBe(name)
  expect(new URL(ana.page.url()).search).toBe('')
  expect(await axeViolations(ana)).toEqual([])
  expect(await readable(ana)).not.toMatch(/eyJ|\.\d+\.[\w-]{43}/)
  const [cookie, ...others] = (await ana.context.cookies(`${server.url}/auth`)).filter(({ name }) =>
    /refresh/.test(name),
  )
  expect([cookie, others.length]).toMatchObject([
    { name: 'oxo_refresh_account', httpOnly: true, sameSite: 'Strict', path: '/auth' },
    0,
  ])

  await ana.hook('play-bot').click()
  await ana.play(4)
  await ana.page.reload()
  await ana.hook('board').waitFor()
  await ana.hook('resign').click()
  await ana.hook('resign-confirm').click()
  await ana.sees('lost')
  await ana.hook('new-game').click()

  const beside = await open('/', ana.context)
  await beside.hook('sign-out').waitFor()
  const phone = await open()
  await signIn(phone, 'ana')
  expect(await shownName(phone)).toBe(name)
  await ana.hook('sign-out').click()
  await closedWith(beside, 4401)
  await Promise.all([ana, beside].map(({ hook }) => hook('sign-in-local').waitFor()))
  const guests = [await shownName(ana), await shownName(beside)]
  expect(new Set([...guests, name]).size).toBe(3)

  await phone.hook('play-bot').click()
  await phone.play(4)
  for (const person of [ana, beside, phone]) {
    expect(person.complaints).toEqual([])
  }
  await Promise.all([ana, phone].map(({ context }) => context.close()))
})
