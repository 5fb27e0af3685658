import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { ok } from '../kit/result.ts'
import { gated } from '../ports/http/gate/gated.ts'
import type { GateEnv } from '../ports/http/gate/passage.ts'
import { type GateContext, identityOf } from '../ports/http/gate/passage.ts'
import { testGateDeps } from '../ports/http/gate/test-gate.ts'
import { listen, nodeServer } from '../ports/http/node-server.ts'
import { refusal } from '../protocol/errors.ts'
import type { UserId } from '../protocol/ids.ts'
import { createApi } from './api.ts'

const app = new OpenAPIHono<GateEnv>()
const route = (path: string) => ({ method: 'get', path, operationId: path, summary: path, responses: {} }) as const
gated(app, 'anonymous', route('/things'), (c: GateContext) => c.text('thing'))
gated(app, 'signedIn', route('/mine'), (c: GateContext) => c.text(identityOf(c).userId))
gated(app, 'anonymous', route('/broken'), () => {
  throw new Error('broken')
})
const identity = { userId: 'ana' as UserId, name: 'Ana', sessionId: 's', region: 'local', expiresAtMs: 1e15 }
const api = createApi({ things: { app } }, { ...testGateDeps(), verify: async () => ok(identity) })
const get = async (path: string, headers = {}) =>
  api.handle(new Request(`http://oxo.test${path}`, { headers }), { address: '192.0.2.1' })

test('[rest] serves its services, its health and their document', async () => {
  expect(await (await get('/things')).text()).toBe('thing')
  expect(await (await get('/health')).json()).toEqual({
    status: 'ok',
    level: 'full',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    services: ['things'],
  })
  expect(await (await get('/openapi.json')).json()).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Oxo' },
    paths: { '/things': { get: { 'x-access': 'anonymous' } }, '/mine': { get: { 'x-access': 'signedIn' } } },
  })
})

test('[gate] a route lets in whom it declares, and its handler knows who that is', async () => {
  const nobody = await get('/mine')
  expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="oxo"'])
  expect(await (await get('/mine', { authorization: 'Bearer good' })).text()).toBe('ana')
})

test('[gate] over a socket every answer has the same headers', async () => {
  const server = nodeServer(api)
  const port = await listen(server, 0, '127.0.0.1')
  if (!port.ok) throw new Error(port.error)
  // Of the connection, or other each time.
  const others = ['date', 'connection', 'keep-alive', 'content-length', 'ratelimit-remaining', 'ratelimit-reset']
  const headersOf = (answer: Response) => [...answer.headers].filter(([name]) => !others.includes(name))
  const headers = { authorization: 'Bearer good', 'x-request-id': 'the-same' }
  for (const path of ['/things', '/mine', '/nothing', '/broken', '/health']) {
    const sent = await fetch(`http://127.0.0.1:${port.value}${path}`, { headers })
    const made = await get(path, headers)
    expect([path, sent.status, headersOf(sent)]).toEqual([path, made.status, headersOf(made)])
    expect(sent.headers.has('ratelimit-remaining')).toBe(path !== '/health')
    expect(await sent.text()).not.toBe('')
  }
  server.closeAllConnections()
  server.close()
})

test('[P8] refuses unknown paths, malformed requests and its own faults in the one format', async () => {
  for (const [path, status, code] of [
    ['/nothing', 404, 'NOT_FOUND'],
    ['/broken', 503, 'UNAVAILABLE'],
  ] as const) {
    const answer = await get(path)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { code, requestId: answer.headers.get('x-request-id') } })
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
  }
  const malformed = api.refuse(refusal('BAD_REQUEST', 'malformed request'))
  expect(malformed.status).toBe(400)
  expect(await malformed.json()).toMatchObject({ error: { code: 'BAD_REQUEST', message: 'malformed request' } })
})
