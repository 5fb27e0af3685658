import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { errorOf, fetchJson } from './rest.ts'

/** What the server says about itself: /health, /openapi.json, /docs. */

let server: TestServer
let document: OpenApi

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>
  readonly security?: readonly unknown[]
}
interface OpenApi {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}
interface Schema {
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
}

beforeAll(async () => {
  server = await startTestServer()
  document = (await fetchJson(server.url, 'GET', '/openapi.json')).body as OpenApi
})
afterAll(() => server.stop())

test('[/health] says status, level, durability and version, on both ports', async () => {
  for (const url of [server.url, server.adminUrl]) {
    const { status, body } = await fetchJson(url, 'GET', '/health')
    expect([status, body]).toMatchObject([
      200,
      { status: 'ok', level: 'full', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    ])
    expect(['process', 'disk', 'replicated', 'sync']).toContain((body as { durability: string }).durability)
  }
})

test('[/openapi.json] names every route of the port', () => {
  expect(document.openapi).toMatch(/^3\.[01]\./)
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(routes).toEqual(
    expect.arrayContaining([
      'POST /games',
      'GET /games/{id}',
      'PUT /games/{id}/moves',
      'DELETE /games/{id}',
      'GET /health',
      'POST /auth/guest',
      'POST /auth/refresh',
      'GET /.well-known/jwks.json',
    ]),
  )
})

test('[/openapi.json] every route that it names is there, and those with security want a token', async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { security, responses }] of Object.entries(methods)) {
      const answer = await fetchJson(server.url, method.toUpperCase(), path.replace('{id}', 'x'))
      expect([method, path, Object.keys(responses)]).toEqual([
        method,
        path,
        expect.arrayContaining([String(answer.status)]),
      ])
      if (security !== undefined && security.length > 0) expect(answer.status).toBe(401)
      if (answer.status === 404) expect(errorOf(answer).message).not.toMatch(/path/)
    }
  }
})

test('[/openapi.json] a bot has the levels 1, 2 and 3', () => {
  expect(document.components.schemas.NewBotGame?.properties?.level?.enum).toEqual([1, 2, 3])
})

test('[/docs] loads nothing from other hosts', async () => {
  const page = await fetch(`${server.url}/docs`)
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy')!
  expect(policy).toMatch(/default-src '(none|self)'/)
  expect(policy).not.toMatch(/https?:|\*|unsafe-inline|unsafe-eval/)
  const html = await page.text()
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!)
  expect(loaded.length).toBeGreaterThan(1)
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
  for (const url of loaded) {
    expect(url).toMatch(/^\/(?!\/)/)
    const answer = await fetch(`${server.url}${url}`)
    expect([url, answer.status]).toEqual([url, 200])
    if (url.endsWith('.css')) expect(await answer.text()).not.toMatch(/url\(["']?(https?:)?\/\/|@import/)
  }
})

test('[/] the page loads nothing from other hosts either', async () => {
  const page = await fetch(`${server.url}/`)
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy')!
  expect(policy).toMatch(/default-src '(none|self)'/)
  expect(policy).not.toMatch(/https?:|\*|unsafe-inline|unsafe-eval/)
  const html = await page.text()
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!)
  for (const url of loaded) expect([url, (await fetch(new URL(url, `${server.url}/`))).status]).toEqual([url, 200])
  expect(loaded.map((url) => new URL(url, `${server.url}/`).origin)).toEqual(loaded.map(() => server.url))
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|<style/)
})
