import { afterAll, expect, test } from 'vitest'
import { createAdminApp } from './admin.ts'
import type { Health } from './health.ts'
import { httpDeps, startTestApp } from './test-app.ts'

const { server } = await startTestApp()
afterAll(() => server.drain('draining'))
const health: Health = {
  status: 'ok',
  level: 'full',
  durability: 'process',
  version: '1.0.0',
  server: 'test',
  uptimeMs: 5,
  draining: false,
}
const admin = createAdminApp({ ...httpDeps(server), health: () => health, service: server.service })
const level = (body?: unknown) =>
  admin.fetch(
    new Request('http://oxo.invalid/admin/level', {
      ...(body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }),
    { address: '127.0.0.1' },
  )
const get = (path: string, method = 'GET') =>
  admin.fetch(new Request(`http://oxo.invalid${path}`, { method }), { address: '127.0.0.1' })

test('[METRICS] the admin port shows our metrics and those of the process', async () => {
  server.metrics.framesIn += 3
  const answer = await get('/metrics')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await answer.text()
  expect(text).toMatch(/^oxo_frames_in_total 3$/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  expect(text).toMatch(/^process_resident_memory_bytes /m)
})

test('[METRICS] the admin port answers health, and nothing of the players', async () => {
  expect(await (await get('/health')).json()).toEqual(health)
  for (const [path, method] of [
    ['/metrics', 'POST'],
    ['/games/x', 'GET'],
    ['/', 'GET'],
  ] as const) {
    const answer = await get(path, method)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{24}$/)
  }
})

test('[level] the operator switches the level, and reads it', async () => {
  expect(await (await level()).json()).toEqual({ level: 'full', switched: 'full', etaMs: null, message: null })
  const answer = await level({ level: 'maintenance', etaMs: 60_000, message: 'new disks' })
  expect(answer.status).toBe(200)
  const { etaMs, ...switched } = (await answer.json()) as { etaMs: number }
  expect(switched).toEqual({ level: 'maintenance', switched: 'maintenance', message: 'new disks' })
  expect(etaMs).toBeGreaterThan(59_000)
  expect(server.health()).toMatchObject({ status: 'ok', level: 'maintenance' })
  expect(await (await get('/metrics')).text()).toMatch(/^oxo_service_level\{level="maintenance"\} 1$/m)
  expect(await (await level({ level: 'limited' })).json()).toMatchObject({
    level: 'limited',
    etaMs: null,
    message: null,
  })
  expect(await (await level({ level: 'full' })).json()).toMatchObject({ level: 'full' })
})

test('[P8] a switch that makes no sense changes nothing and says why', async () => {
  for (const [body, why] of [
    [{ level: 'emergency' }, /^level: /],
    [{}, /^level: /],
    [{ level: 'maintenance', etaMs: -1 }, /^etaMs: /],
    [{ level: 'maintenance', etaMs: Date.UTC(2026, 0, 1) }, /^etaMs: /],
    [{ level: 'maintenance', message: 'x'.repeat(201) }, /^message: /],
  ] as const) {
    const answer = await level(body)
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect(error).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringMatching(why) })
  }
  expect(server.service.operator()).toEqual({ level: 'full', etaMs: null, message: null })
})
