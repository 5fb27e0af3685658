import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'

const SWITCHES = ['background-networking', 'quic', 'component-update', 'sync'].map((feature) => `--disable-${feature}`)

/** Debian's Chromium, without a word to anyone but us. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--no-first-run', ...SWITCHES] })

/** A person before a window of their own. */
export interface Person {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser's console complained about so far, refused code and styles included. */
  readonly complaints: string[]
  hook(id: string): Locator
  /** How the game stands: `your-turn`, `won`, ... */
  standing(): Promise<string | null>
  /** Waits until the game stands so. */
  sees(standing: string): Promise<void>
  play(cell: number): Promise<void>
}

/** Opens `url` in a window; in a browser profile of its own unless `context` is given. */
export async function openPage(browser: Browser, url: string, context?: BrowserContext): Promise<Person> {
  const own = context ?? (await browser.newContext({ viewport: { width: 390, height: 844 } }))
  const page = await own.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  const hook = (id: string): Locator => page.getByTestId(id)
  return {
    page,
    context: own,
    complaints,
    hook,
    standing: () => hook('status').getAttribute('data-state'),
    sees: (standing) => page.locator(`[data-testid=status][data-state=${standing}]`).waitFor(),
    async play(cell) {
      await hook(`cell-${cell}`).click()
      await page.locator(`[data-testid=cell-${cell}][data-mark]:not([data-mark=""])`).waitFor()
    },
  }
}

/** What axe finds wrong with the page as it is; in dark, where only colours differ, with its contrasts. */
export async function axeViolations({ page }: Person): Promise<string[]> {
  // One frame a page, so that the old way of running, which opens no further page, sees all of it.
  const axe = () => new AxeBuilder({ page }).setLegacyMode()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const light = await axe().analyze()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await axe().withRules('color-contrast').analyze()
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  return [...light.violations, ...dark.violations].map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`,
  )
}

/** A wire between browser and server that can be cut. */
export interface Wire {
  readonly url: string
  /** Breaks every connection, and refuses new ones until `mend`. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function wireTo(url: string): Promise<Wire> {
  const port = Number(new URL(url).port)
  const sockets = new Set<Socket>()
  let broken = false
  const server = createServer((near) => {
    if (broken) {
      near.destroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    broken = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      broken = false
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
