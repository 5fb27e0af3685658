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
