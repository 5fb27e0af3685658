import { Agent, get } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { end, type Launched, launch } from '../../../scripts/processes.ts'
import { startRedis, type TestRedis } from '../../../scripts/test-redis.ts'

let store: TestRedis
let processes: Launched[] = []
const agent = new Agent({ keepAlive: true, maxSockets: 20 })

/** One request to process `n`; its status, and its body if it was served. */
function ask(n: number, headers: Record<string, string>, path = '/things'): Promise<{ status: number; body: string }> {
  const { port } = processes[n % processes.length]!.ready as { port: number }
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    }).on('error', reject)
  })
}

beforeAll(async () => {
  store = await startRedis()
  const entry = 'ports/http/gate/test-gate-main.ts'
  const env = { VALKEY_URL: store.url }
  processes = await Promise.all([1, 2].map(() => launch({ entry, env, readyEvent: 'gate_ready' })))
  const isConnected = async (n: number) => (await ask(n, {}, '/health')).body.includes('true')
  while (!((await isConnected(0)) && (await isConnected(1)))) await new Promise((resolve) => setImmediate(resolve))
})
afterAll(async () => {
  agent.destroy()
  await Promise.all(processes.map((one) => end(one, 'SIGKILL')))
  await store.stop()
})

test.each([
  ['signed in', 1_000, () => ({ authorization: 'Bearer user-ana' })],
  ['an API key', 2_000, () => ({ authorization: `Bearer oxo_${'k'.repeat(43)}` })],
  ['nobody, each time from elsewhere as it says', 100, (n: number) => ({ 'x-forwarded-for': `198.51.100.${n % 250}` })],
])('[LIMIT] two processes on one store: %s, %d requests in a minute within 2 %%', async (_, limit, headers) => {
  const asked = Array.from({ length: 1.15 * limit }, (_, n) => ask(n, headers(n)))
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  const allowed = statuses.filter((status) => status === 200).length
  expect(Math.abs(allowed - limit)).toBeLessThanOrEqual(0.02 * limit)
  expect(statuses.filter((status) => status === 429)).toHaveLength(statuses.length - allowed)
})
