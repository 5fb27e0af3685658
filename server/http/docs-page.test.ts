import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Listener } from '../socket/listen.ts'
import { docsFiles } from './docs-page.ts'
import { listenTest, startTestApp, type TestApp } from './test-app.ts'

const CHROMIUM = '/usr/bin/chromium'
let rest: TestApp
let listener: Listener

beforeAll(async () => {
  rest = await startTestApp()
  listener = await listenTest(rest.app.fetch)
})
afterAll(async () => {
  listener.close()
  await rest.server.drain('draining')
})

test('[DOCS] the page loads only what is served beside it, and has nothing inline', async () => {
  const page = new TextDecoder().decode(docsFiles().get('/docs')!.body)
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  expect(loaded.length).toBeGreaterThanOrEqual(4)
  for (const path of loaded) expect((await rest.request('GET', path)).status).toBe(200)
  expect(page).not.toMatch(/<style|style=| on\w+=|<script>|https?:/)
})

test('[DOCS] in a browser it shows every route and plays one, within its policy and without another host', async () => {
  expect(existsSync(CHROMIUM), 'install chromium').toBe(true)
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(`http://127.0.0.1:${listener.port}/docs`)
    await page.locator('.opblock').nth(4).waitFor()
    await page.locator('button.authorize').first().click()
    await page.locator('.dialog-ux input').fill('user-docs')
    await page.locator('.dialog-ux button.authorize').click()
    await page.locator('.dialog-ux .btn-done').click()
    const create = page.locator('#operations-games-createGame')
    await create.locator('.opblock-summary-control').click()
    await create.locator('.try-out__btn').click()
    await create.locator('button.execute').click()
    await create.locator('.live-responses-table tbody .response-col_status').getByText('201').waitFor()
    await page.locator('.models button').first().click()
    expect(problems).toEqual([])
    expect([...hosts]).toEqual([`127.0.0.1:${listener.port}`])
  } finally {
    await browser.close()
  }
})
