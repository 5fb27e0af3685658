import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { testPassage } from '../../ports/http/gate/test-gate.ts'
import { forwardTo } from './forward.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const seen: Seen[] = []
let upstream: Server
let mount: ReturnType<typeof forwardTo>

beforeAll(async () => {
  upstream = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(url === '/auth/moved' ? 302 : 201, {
        'content-type': 'application/json',
        'x-kept': 'yes',
        connection: 'close',
        location: '/elsewhere',
      })
      response.end('{"userId":"u"}')
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  mount = forwardTo(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, 'our-secret', virtualClock())
})
afterAll(() => upstream.close())

const peer = testPassage({ address: '198.51.100.7' })

test('[FORWARD] method, path, query, body and headers go to the api, and its answer comes back', async () => {
  const request = new Request('http://oxo.invalid/auth/guest?x=1', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': '203.0.113.5',
      'x-oxo-hop': 'a guess',
      'x-request-id': 'r-1',
    },
    body: '{}',
  })
  const response = await mount.fetch(request, peer)
  expect([response.status, await response.json()]).toEqual([201, { userId: 'u' }])
  expect([response.headers.get('x-kept'), response.headers.get('connection')]).toEqual(['yes', null])
  expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/auth/guest?x=1', body: '{}' })
  expect(seen.at(-1)!.headers).toMatchObject({
    'x-forwarded-for': '198.51.100.7',
    'x-oxo-hop': 'our-secret',
    'x-request-id': 'r-1',
  })
  expect(seen.at(-1)!.headers.host).toMatch(/^127\.0\.0\.1:/)
})

test('[FORWARD] redirects are the client’s to follow', async () => {
  const response = await mount.fetch(new Request('http://oxo.invalid/auth/moved'), peer)
  expect([response.status, response.headers.get('location')]).toEqual([302, '/elsewhere'])
})

test('[FORWARD] the paths of the api alone are forwarded', () => {
  expect(mount.prefixes).toEqual(expect.arrayContaining(['/auth', '/users', '/leaderboard', '/.well-known', '/keys']))
  expect(mount.prefixes).not.toContain('/games')
})

test('[FORWARD] an api out of reach is UNAVAILABLE, with the request’s id', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const request = new Request('http://oxo.invalid/users/me', { headers: { 'x-request-id': 'r-2' } })
  const response = await forwardTo(`http://127.0.0.1:${port}`, 'our-secret', virtualClock()).fetch(request, peer)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE', requestId: 'r-2' } })
})
