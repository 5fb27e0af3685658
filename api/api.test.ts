import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { systemClock as clock } from '../kit/clock.ts'
import { seededRandom } from '../kit/random.ts'
import { refusal } from '../protocol/errors.ts'
import { createApi } from './api.ts'

const app = new OpenAPIHono()
app.get('/things', (c) => c.text('thing'))
const api = createApi({ things: { app } }, { clock, random: seededRandom(1) })
const get = async (path: string) => api.handle(new Request(`http://oxo.test${path}`))

test('[rest] serves its services, its health and their document', async () => {
  expect(await (await get('/things')).text()).toBe('thing')
  expect(await (await get('/health')).json()).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    services: ['things'],
  })
  expect(await (await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Oxo' } })
})

test('[P8] refuses unknown paths and malformed requests in the one format', async () => {
  const unknown = await get('/nothing')
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({
    error: { code: 'NOT_FOUND', requestId: unknown.headers.get('x-request-id') },
  })
  const malformed = api.refuse(refusal('BAD_REQUEST', 'malformed request'))
  expect(malformed.status).toBe(400)
  expect(await malformed.json()).toMatchObject({ error: { code: 'BAD_REQUEST', message: 'malformed request' } })
})
