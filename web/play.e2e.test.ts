import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PHRASES } from '../game/phrases.ts'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { axeViolations, launchChromium, openPage, type Person, wireTo } from './test-browser.ts'

let server: TestServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startTestServer(), launchChromium()])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const open = (path = '/', context?: Person['context']) => openPage(browser, server.url + path, context)

/** Who of two has X. */
async function byMark(one: Person, other: Person): Promise<{ x: Person; o: Person }> {
  await Promise.all([one.hook('board').waitFor(), other.hook('board').waitFor()])
  return (await one.standing()) === 'your-turn' ? { x: one, o: other } : { x: other, o: one }
}

const turns = async (moves: readonly (readonly [Person, number])[]): Promise<void> => {
  for (const [who, cell] of moves) await who.play(cell)
}

async function close(...people: readonly Person[]): Promise<void> {
  for (const { complaints, context } of people) {
    expect(complaints).toEqual([])
    await context.close()
  }
}

test('[play] two windows are matched, play to a line with the keyboard too, and have a rematch with seats swapped', async () => {
  const [ana, bo] = await Promise.all([open(), open()])
  expect(await axeViolations(ana)).toEqual([])
  await ana.hook('play-casual').click()
  await ana.hook('cancel-queue').waitFor()
  expect(await axeViolations(ana)).toEqual([])
  await ana.hook('cancel-queue').click()
  await ana.hook('play-casual').click()
  await bo.hook('play-casual').click()

  const { x, o } = await byMark(ana, bo)
  expect(await o.standing()).toBe('their-turn')
  expect(await x.hook('timer').innerText()).toMatch(/0:(30|2\d)/)
  await x.play(4)
  await o.sees('your-turn')
  expect(await o.hook('cell-4').getAttribute('data-mark')).toBe('X')
  expect(await o.hook('cell-4').getAttribute('aria-label')).toBe('row 2, column 2, X')
  expect(await axeViolations(o)).toEqual([])

  await o.page.keyboard.press('1')
  await x.sees('your-turn')
  await x.page.keyboard.press('ArrowUp')
  await x.page.keyboard.press('ArrowUp')
  await x.page.keyboard.press('ArrowRight')
  await x.page.keyboard.press('Enter')
  await o.sees('your-turn')
  expect(await o.hook('cell-2').getAttribute('data-mark')).toBe('X')
  await turns([
    [o, 1],
    [x, 6],
  ])
  await Promise.all([x.sees('won'), o.sees('lost')])
  expect(await x.page.locator('.won-x').count()).toBe(3)
  expect(await axeViolations(x)).toEqual([])

  await x.hook('rematch').click()
  await o.page.locator('[data-testid=rematch][data-offer=theirs]').click()
  await Promise.all([x.sees('their-turn'), o.sees('your-turn')])
  await o.hook('resign').click()
  await o.hook('resign-confirm').click()
  await Promise.all([x.sees('won'), o.sees('lost')])
  await x.hook('new-game').click()
  await x.hook('play-casual').waitFor()
  await close(ana, bo)
})

test('[P5] a broken connection and a reload in the middle of a game change nothing of it', async () => {
  const wire = await wireTo(server.url)
  const [ana, bo] = await Promise.all([openPage(browser, wire.url), open()])
  await ana.hook('play-casual').click()
  await bo.hook('play-casual').click()
  const { x, o } = await byMark(ana, bo)
  await turns([
    [x, 0],
    [o, 3],
  ])

  wire.cut()
  await ana.hook('connection-banner').waitFor()
  await bo.page.locator('[data-connected=false]').waitFor()
  if (o === ana) await x.play(1)
  wire.mend()
  await ana.hook('connection-banner').waitFor({ state: 'detached' })
  await bo.page.locator('[data-connected=false]').waitFor({ state: 'detached' })
  // A browser reports each attempt while the wire was cut; nothing else.
  expect(ana.complaints.splice(0).filter((text) => !/WebSocket|ERR_/.test(text))).toEqual([])
  if (o === bo) await x.play(1)
  await o.sees('your-turn')

  await bo.context.setOffline(true)
  await bo.hook('connection-banner').waitFor()
  await bo.context.setOffline(false)
  await bo.hook('connection-banner').waitFor({ state: 'detached' })

  await ana.page.reload()
  await turns([[o, 4]])
  await bo.page.reload()
  await turns([[x, 2]])
  await Promise.all([x.sees('won'), o.sees('lost')])
  await o.page.reload()
  await o.sees('lost')
  await close(ana, bo)
  await wire.close()
})

test('[invite] [R19] a link opens a game with whoever accepts it, in the next window of the same browser too', async () => {
  const ana = await open()
  await ana.hook('invite').click()
  const link = new URL(await ana.hook('invite-link').inputValue())
  expect(await axeViolations(ana)).toEqual([])
  const bo = await open(link.pathname + link.search, ana.context)
  expect(await axeViolations(bo)).toEqual([])
  await bo.hook('accept-invite').click()
  const { x, o } = await byMark(ana, bo)
  await x.play(0)
  await o.sees('your-turn')

  const late = await open(link.pathname + link.search)
  await late.hook('accept-invite').click()
  await late.hook('error').waitFor()
  expect(await late.hook('error').innerText()).toContain('used already or has expired')

  const watcher = await open(new URL(ana.page.url()).search)
  await watcher.sees('watching')
  await o.hook('chat').click()
  expect(await axeViolations(o)).toEqual([])
  expect(await o.page.locator('[data-testid^=say-]').allTextContents()).toEqual(PHRASES)
  await o.hook('say-1').click()
  await watcher.hook('player-o').getByText('Good luck!').waitFor()
  await o.play(1)
  await watcher.page.locator('[data-testid=cell-1][data-mark=O]').waitFor()
  await close(late, watcher)
  expect(bo.complaints).toEqual([])
  await close(ana)
})

test('[bot] the perfect bot answers after a moment, and a game against it is a draw at best', async () => {
  const ana = await open()
  await ana.hook('bot-level').selectOption('3')
  await ana.hook('play-bot').click()
  await ana.hook('board').waitFor()
  for (let plies = 0; plies < 9; plies++) {
    const standing = await ana.page
      .locator('[data-testid=status]:not([data-state=their-turn])')
      .getAttribute('data-state')
    if (standing !== 'your-turn') break
    const free = await ana.page.locator('[data-mark=""][aria-disabled=false]').first().getAttribute('data-testid')
    await ana.play(Number(free!.slice('cell-'.length)))
  }
  expect(['lost', 'drawn']).toContain(await ana.standing())
  await ana.hook('rematch').click()
  await ana.hook('resign').waitFor()
  await close(ana)
})

test('[page] fits 320 px and holds still while one plays', async () => {
  const ana = await open()
  await ana.page.setViewportSize({ width: 320, height: 640 })
  const overflow = () => ana.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(await overflow()).toBe(0)
  await ana.hook('play-bot').click()
  const before = await ana.hook('board').boundingBox()
  await ana.page.keyboard.press('5')
  await ana.page.locator('[data-testid=cell-4][data-mark=X]').waitFor()
  await ana.sees('your-turn')
  await ana.hook('resign').click()
  await ana.hook('resign-confirm').click()
  await ana.sees('lost')
  expect(await ana.hook('board').boundingBox()).toEqual(before)
  expect(await overflow()).toBe(0)
  await close(ana)
})
