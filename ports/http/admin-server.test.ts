import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock as clock } from '../../kit/clock.ts'
import { seededRandom } from '../../kit/random.ts'
import { lazyCounter, lazyGauge, lazyHistogram } from '../lazy-metrics.ts'
import { type AdminServer, startAdminServer } from './admin-server.ts'

let admin: AdminServer
const counts = {
  pairs: 0,
  waiting: { casual: 0, ranked: 0 },
  waitedMs: { bounds: [50, 100], counts: [1, 0, 2], sum: 440 },
}
let status: 'ok' | 'unavailable' = 'ok'
const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${admin.port}${path}`, { method })
const start = (port: number, registry = new Registry()) =>
  startAdminServer({ clock, random: seededRandom(1), port, registry, health: () => ({ status, leads: true }) })

beforeAll(async () => {
  const registry = new Registry()
  lazyCounter(registry, { name: 'oxo_pairs_total', help: 'Pairs' }, () => counts.pairs)
  lazyGauge(registry, { name: 'oxo_waiting', help: 'Waiting', labels: ['mode'] }, () =>
    Object.entries(counts.waiting).map(([mode, value]) => ({ labels: { mode }, value })),
  )
  lazyHistogram(registry, { name: 'oxo_wait_seconds', help: 'Waits' }, 1e-3, () => [
    { labels: { mode: 'ranked' }, buckets: counts.waitedMs },
  ])
  const started = await start(0, registry)
  if (!started.ok) throw new Error(started.error)
  admin = started.value
})
afterAll(() => admin.close())

test('[METRICS] fields are read when somebody asks, and shown beside those of the process', async () => {
  counts.pairs = 3
  counts.waiting.ranked = 7
  const answer = await get('/metrics')
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await answer.text()
  for (const line of [
    'oxo_pairs_total 3',
    'oxo_waiting{mode="casual"} 0',
    'oxo_waiting{mode="ranked"} 7',
    '# TYPE oxo_wait_seconds histogram',
    'oxo_wait_seconds_bucket{mode="ranked",le="0.05"} 1',
    'oxo_wait_seconds_bucket{mode="ranked",le="0.1"} 1',
    'oxo_wait_seconds_bucket{mode="ranked",le="+Inf"} 3',
    'oxo_wait_seconds_sum{mode="ranked"} 0.44',
    'oxo_wait_seconds_count{mode="ranked"} 3',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toMatch(/^process_resident_memory_bytes /m)
  counts.pairs = 5
  expect(await (await get('/metrics')).text()).toMatch(/^oxo_pairs_total 5$/m)
})

test('[METRICS] health is 200 when all is well, else 503, with the same body', async () => {
  const well = await get('/health')
  expect([well.status, await well.json()]).toEqual([200, { status: 'ok', leads: true }])
  status = 'unavailable'
  const ill = await get('/health')
  expect([ill.status, await ill.json()]).toEqual([503, { status: 'unavailable', leads: true }])
  status = 'ok'
})

test('[P8] anything else is NOT_FOUND in the one shape', async () => {
  for (const [path, method] of [
    ['/', 'GET'],
    ['/metrics', 'POST'],
    ['/admin/level', 'GET'],
  ] as const) {
    const answer = await get(path, method)
    expect(answer.status).toBe(404)
    const { error } = (await answer.json()) as { error: { code: string; requestId: string } }
    expect(error.code).toBe('NOT_FOUND')
    expect(answer.headers.get('x-request-id')).toBe(error.requestId)
  }
})

test('[METRICS] a busy port is one clear line', async () => {
  const second = await start(admin.port)
  expect(second).toMatchObject({
    ok: false,
    error: expect.stringContaining(`cannot listen on 127.0.0.1:${admin.port}`),
  })
})
