import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { virtualClock } from '../../../kit/virtual-clock.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { KeyGrant } from './access.ts'
import { remoteKeys } from './find-key.ts'
import { REMEMBERED_MS, rememberKeys } from './keys.ts'

const key = `oxo_${'k'.repeat(43)}`
const grant: KeyGrant = { keyId: 'key-1', userId: 'ana' as UserId, scopes: ['games:read'] }

describe('remembered keys', () => {
  test('[keys] a good key is asked about once in ten seconds, a bad one each time', async () => {
    const clock = virtualClock()
    const asked: string[] = []
    const find = rememberKeys(async (shown) => {
      asked.push(shown)
      return shown === key ? grant : null
    }, clock)
    expect(find.known?.(key)).toBeNull()
    for (let n = 0; n < 3; n++) expect(await find(key, '')).toEqual(grant)
    for (let n = 0; n < 3; n++) expect(await find('bad', '')).toBeNull()
    expect(asked).toEqual([key, 'bad', 'bad', 'bad'])
    expect([find.known?.(key), find.known?.('bad')]).toEqual([grant, null])
    await clock.advance(REMEMBERED_MS)
    expect(find.known?.(key)).toBeNull()
    await find(key, '')
    expect(asked).toHaveLength(5)
  })
})

describe('keys that the api knows', () => {
  const answer = { status: 200, body: JSON.stringify({ ...grant, scopes: ['games:read', 'of:tomorrow'] }) }
  const seen: Record<string, unknown>[] = []
  let api: Server
  let url: string
  beforeAll(async () => {
    api = createServer((request, response) => {
      seen.push({ url: request.url, ...request.headers })
      response.writeHead(answer.status)
      response.end(answer.body)
    })
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  })
  afterAll(() => api.close())
  const find = () => remoteKeys(url, 'our-secret', virtualClock())(key, '203.0.113.5')

  test('[keys] a server asks with the key, for the client; scopes that it does not know mean nothing', async () => {
    expect(await find()).toEqual(grant)
    expect(seen.at(-1)).toMatchObject({
      url: '/keys/self',
      authorization: `Bearer ${key}`,
      'x-forwarded-for': '203.0.113.5',
      'x-oxo-hop': 'our-secret',
    })
  })

  test('[keys] refused is no key; every other answer says nothing about it', async () => {
    answer.status = 401
    expect(await find()).toBeNull()
    for (const status of [429, 500, 503]) {
      answer.status = status
      await expect(find()).rejects.toThrow(`${status}`)
    }
    answer.status = 200
    answer.body = '{}'
    await expect(find()).rejects.toThrow()
  })
})
