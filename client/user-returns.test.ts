import { afterEach, describe, expect, test } from 'vitest'
import { whenUserReturns } from './user-returns.ts'

const host = globalThis as { document?: unknown; window?: unknown }
afterEach(() => {
  delete host.document
  delete host.window
})

describe('the user returns', () => {
  test('when the page becomes visible or the machine is online, until unsubscribed', () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
    const window = new EventTarget()
    Object.assign(host, { document: page, window })
    let returns = 0
    const off = whenUserReturns(() => {
      returns += 1
    })
    page.dispatchEvent(new Event('visibilitychange'))
    expect(returns).toBe(0)
    page.visibilityState = 'visible'
    page.dispatchEvent(new Event('visibilitychange'))
    expect(returns).toBe(1)
    window.dispatchEvent(new Event('online'))
    expect(returns).toBe(2)
    off()
    page.dispatchEvent(new Event('visibilitychange'))
    window.dispatchEvent(new Event('online'))
    expect(returns).toBe(2)
  })

  test('never outside of pages', () => {
    let returns = 0
    whenUserReturns(() => {
      returns += 1
    })()
    expect(returns).toBe(0)
  })
})
