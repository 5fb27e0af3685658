import { expect, test } from 'vitest'
import { csrfRefusal } from './csrf.ts'

const OURS = 'theme=dark; oxo_refresh_account=secret'
const own = { cookie: OURS, host: 'oxo.test', 'x-requested-with': 'oxo' }
const request = (headers: Record<string, string>, method = 'POST') => ({ method, headers: new Headers(headers) })

test.each([
  ['our page, as a browser of today says it', { ...own, 'sec-fetch-site': 'same-origin', origin: 'https://oxo.test' }],
  ['our page in an older browser', { ...own, origin: 'https://oxo.test' }],
  [
    'our page behind a forwarding server',
    { ...own, host: 'api', 'x-forwarded-host': 'oxo.test', origin: 'https://oxo.test' },
  ],
  ['a program without an origin', own],
  ['another site without a cookie of ours', { host: 'oxo.test', cookie: 'theme=dark', 'sec-fetch-site': 'cross-site' }],
  [
    'a cookie whose value looks like ours',
    { host: 'oxo.test', cookie: 'a=oxo_refresh', 'sec-fetch-site': 'cross-site' },
  ],
])('[CSRF] %s may pass', (_, headers) => {
  expect(csrfRefusal(request(headers))).toBeNull()
})

test.each([
  ['another site', { ...own, 'sec-fetch-site': 'cross-site' }],
  ['another host of our site', { ...own, 'sec-fetch-site': 'same-site' }],
  ['a bookmark or typed address', { ...own, 'sec-fetch-site': 'none' }],
  ['another origin in an older browser', { ...own, origin: 'https://evil.test' }],
  ['our host on another port', { ...own, origin: 'https://oxo.test:8443' }],
  ['a page without an origin, as in a sandbox', { ...own, origin: 'null' }],
  ['our page without the header, as a form', { cookie: OURS, host: 'oxo.test', origin: 'https://oxo.test' }],
  ['a secure cookie', { ...own, cookie: '__Secure-oxo_refresh_account=x', origin: 'https://evil.test' }],
  ['a host-bound cookie', { ...own, cookie: '__Host-oxo_refresh=x', origin: 'https://evil.test' }],
])('[CSRF] %s is refused', (_, headers) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    expect(csrfRefusal(request(headers, method))?.code, method).toBe('FORBIDDEN')
  }
  expect(csrfRefusal(request(headers, 'GET')), 'reading changes nothing').toBeNull()
})
