import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { type Log, silentLog } from '../../kit/log.ts'
import { systemRandom } from '../../kit/random.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { BODY_TIMEOUT_MS, type FetchDeps, type FetchHandler, listenHttp, WRITE_TIMEOUT_MS } from './fetch-adapter.ts'
import type { Listener } from './listen.ts'
import { BODY_BYTES_MAX } from './read-body.ts'
import { COMPLETE_JSON, type RawHttp, rawHttp } from './test-raw-http.ts'

const listeners: Listener[] = []
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close()
})

async function serve(
  handler: FetchHandler,
  overrides: Partial<FetchDeps> = {},
): Promise<{ port: number; url: string }> {
  const deps = { clock: systemClock, random: systemRandom, log: silentLog, ...overrides }
  const listener = await listenHttp({ host: '127.0.0.1', port: 0, handler, ...deps })
  listeners.push(listener)
  return { port: listener.port, url: `http://127.0.0.1:${listener.port}` }
}

/** Says what the handler saw. */
const echo: FetchHandler = async (request, peer) => {
  const url = new URL(request.url)
  return Response.json({
    method: request.method,
    target: url.pathname + url.search,
    headers: [...request.headers],
    body: await request.text(),
    address: peer.address,
  })
}

const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
const errorOf = (answer: string) =>
  (bodyOf(answer) as { error: { code: string; message: string; requestId: string } }).error
const ask = async (port: number, text: string, pattern = COMPLETE_JSON): Promise<string> => {
  const raw = await rawHttp(port)
  raw.write(text)
  const answer = await raw.until(pattern)
  raw.socket.destroy()
  return answer
}

/** Whatever happened before, others are served. */
const expectAlive = async (port: number) =>
  expect(await ask(port, 'GET /alive HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK/)

test('[REST] a handler sees method, path, query, headers, body and address of the request', async () => {
  const { port } = await serve(echo)
  const text = 'PUT /a%2Fb?x=1&y=%20 HTTP/1.1\r\nHost: h\r\nA: 1\r\nA: 2\r\nContent-Length: 7\r\n\r\n{"a":1}'
  expect(bodyOf(await ask(port, text))).toEqual({
    method: 'PUT',
    target: '/a%2Fb?x=1&y=%20',
    headers: [
      ['a', '1, 2'],
      ['content-length', '7'],
      ['host', 'h'],
    ],
    body: '{"a":1}',
    address: '127.0.0.1',
  })
})

test('[REST] a body arrives whole, in however many pieces it comes', async () => {
  const { port } = await serve(echo)
  const slow = await rawHttp(port)
  slow.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab')
  // An answer to another connection: the server has had the first piece.
  await expectAlive(port)
  slow.write('cdefghi')
  expect(bodyOf(await slow.until(COMPLETE_JSON))).toMatchObject({ body: 'abcdefghi' })
  slow.socket.destroy()

  const chunked = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n'
  expect(bodyOf(await ask(port, chunked))).toMatchObject({ body: 'abcde' })
})

test('[REST] a body of 16 KiB is read, one byte more is refused, and the connection goes on', async () => {
  const { port } = await serve(echo)
  const raw = await rawHttp(port)
  const head = (bytes: number) => `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${bytes}\r\n\r\n`
  raw.write(head(BODY_BYTES_MAX) + 'x'.repeat(BODY_BYTES_MAX))
  expect((bodyOf(await raw.until(COMPLETE_JSON)) as { body: string }).body).toHaveLength(BODY_BYTES_MAX)

  const second = await rawHttp(port)
  second.write(head(BODY_BYTES_MAX + 1) + 'x'.repeat(BODY_BYTES_MAX + 1))
  const refused = await second.until(COMPLETE_JSON)
  expect(refused).toMatch(/^HTTP\/1\.1 413 Content Too Large/)
  expect(errorOf(refused)).toMatchObject({ code: 'BAD_REQUEST', message: 'the body is larger than 16384 bytes' })
  second.write('GET /again HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(await second.until(/\/again/)).toContain('200 OK')
  for (const { socket } of [raw, second]) socket.destroy()
})

test('[REST] a body without end is refused and cut, before its time is over', async () => {
  const { port } = await serve(echo, { clock: virtualClock() })
  const raw = await rawHttp(port)
  raw.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n')
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  for (let i = 0; i < 20; i++) raw.write(chunk)
  expect(errorOf(await raw.until(COMPLETE_JSON)).code).toBe('BAD_REQUEST')
  await raw.closed()
  await expectAlive(port)
})

test('[REST] a body that stays away is refused after its time, not before', async () => {
  const clock = virtualClock()
  const { port } = await serve(echo, { clock })
  const raw = await rawHttp(port)
  raw.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc')
  await expectAlive(port)
  await clock.advance(BODY_TIMEOUT_MS - 1)
  raw.write('d')
  await expectAlive(port)
  await clock.advance(1)
  const answer = await raw.until(COMPLETE_JSON)
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(errorOf(answer).message).toMatch(/did not arrive/)
  await raw.closed()
  expect(clock.nextDueMs()).toBeNull()
})

test('[REST] a peer that hangs up gets nothing and harms nobody, whatever it was waiting for', async () => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let entered = () => {}
  const waiting = new Promise<void>((resolve) => {
    entered = resolve
  })
  const clock = virtualClock()
  const { port } = await serve(
    async (request, peer) => {
      if (!request.url.endsWith('/wait')) return echo(request, peer)
      entered()
      await released
      return new Response('too late')
    },
    { clock },
  )
  const inBody = await rawHttp(port)
  inBody.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc')
  await expectAlive(port)
  expect(clock.nextDueMs()).not.toBeNull()
  inBody.socket.resetAndDestroy()

  const inHandler = await rawHttp(port)
  inHandler.write('GET /wait HTTP/1.1\r\nHost: h\r\n\r\n')
  await waiting
  inHandler.socket.resetAndDestroy()
  await expectAlive(port)
  release()
  await expectAlive(port)
  expect(clock.nextDueMs()).toBeNull()
})

test('[REST] HEAD has the length and no byte of the body', async () => {
  const { port } = await serve(async (request) => new Response(`${request.method}: seven!`))
  const raw = await rawHttp(port)
  raw.write('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(await raw.until(/\r\n\r\n/)).toMatch(/content-length: 11\r\n/i)
  raw.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(await raw.until(/seven!$/)).toMatch(
    /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nHTTP\/1\.1 200 OK\r\n.*\r\n\r\nGET: seven!$/s,
  )
  raw.socket.destroy()
})

test('[REST] HEAD with a body without end is cut', async () => {
  const { port } = await serve(echo, { clock: virtualClock() })
  const raw = await rawHttp(port)
  raw.write('HEAD / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n')
  for (let i = 0; i < 20; i++) raw.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`)
  expect(await raw.closed()).toBe('')
  await expectAlive(port)
})

test('[REST] an answer without a body has none, and the next one follows', async () => {
  const { port } = await serve(async (request) =>
    request.url.endsWith('/end') ? new Response('end') : new Response(null, { status: 304, headers: { etag: '"a"' } }),
  )
  const raw = await rawHttp(port)
  raw.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 304 Not Modified\r\netag: "a"\r\n/)
  raw.write('GET /end HTTP/1.1\r\nHost: h\r\n\r\n')
  await raw.until(/\r\n\r\nHTTP\/1\.1 200 OK.*end$/s)
  raw.socket.destroy()
})

test('[REST] headers that the library writes come once, cookies each in a line', async () => {
  const { port } = await serve(async () => {
    const headers = new Headers({ 'content-length': '5', date: 'never', connection: 'close', 'x-own': 'kept' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    return new Response('{"a":1}', { status: 418, headers })
  })
  const answer = await ask(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 418 /)
  expect(answer.match(/content-length/gi)).toHaveLength(1)
  expect(answer.match(/^date: /gim)).toHaveLength(1)
  expect(answer).not.toMatch(/connection: close/i)
  expect(answer).toContain('x-own: kept')
  expect(answer).toMatch(/set-cookie: a=1\r\nset-cookie: b=2\r\n/)
})

const TWO_AT_ONCE = 'GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n'

test('[REST] pipelined requests are answered in their order', async () => {
  const { port } = await serve(echo)
  await ask(port, TWO_AT_ONCE, /"\/1".*HTTP\/1\.1 200 OK.*"\/2"/s)
})

test('[REST] a request that overtakes an answer ends the connection: no answer ever meets the wrong request', async () => {
  const seen: string[] = []
  const { port } = await serve(async (request, peer) => {
    seen.push(new URL(request.url).pathname)
    await new Promise((resolve) => setImmediate(resolve))
    return echo(request, peer)
  })
  const raw = await rawHttp(port)
  raw.write(TWO_AT_ONCE)
  expect(await raw.closed()).toBe('')
  expect(seen).toEqual(['/1'])
  await expectAlive(port)
})

test.each([
  ['CONNECT', 404, 'NOT_FOUND'],
  ['TRACE', 404, 'NOT_FOUND'],
  ['FO(O', 400, 'BAD_REQUEST'],
])('[REST] the method %s is answered with %i %s', async (method, status, code) => {
  const { port } = await serve(echo)
  const answer = await ask(port, `${method} / HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc.1\r\n\r\n`)
  expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
  expect(errorOf(answer)).toMatchObject({ code, requestId: 'abc.1' })
  expect(answer).toContain('x-request-id: abc.1\r\n')
})

test('[REST] many headers are read, too many or too long ones are refused', async () => {
  const { port } = await serve(echo)
  const many = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: 1\r\n`).join('')
  const served = bodyOf(await ask(port, `GET / HTTP/1.1\r\nHost: h\r\n${many(90)}\r\n`)) as { headers: unknown[] }
  expect(served.headers).toHaveLength(91)
  for (const headers of [many(150), `a: ${'x'.repeat(9_000)}\r\n`]) {
    const raw = await rawHttp(port)
    raw.write(`GET / HTTP/1.1\r\nHost: h\r\n${headers}\r\n`)
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 431 /)
  }
  await expectAlive(port)
})

test('[REST] bytes that are no HTTP end their own connection only', async () => {
  const { port } = await serve(echo)
  const strange = [
    '\x00\x01\x02\r\n\r\n',
    'GET http://elsewhere/ HTTP/1.1\r\nHost: h\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\nhello',
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n',
  ]
  for (const text of strange) {
    const raw = await rawHttp(port)
    raw.write(text)
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 (400|505) /)
  }
  await expectAlive(port)
})

test('[REST] a path and headers outside ASCII crash nothing', async () => {
  const { port } = await serve(echo)
  const answer = await ask(port, 'GET /\xe9\xff%zz HTTP/1.1\r\nHost: h\r\nb: \xe9\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /)
  await expectAlive(port)
})

const LARGE = new Uint8Array(3_000_000).map((_, i) => i % 251)

test('[REST] a large answer arrives whole at a reader that pauses', async () => {
  const { url } = await serve(async () => new Response(LARGE))
  const response = await fetch(url)
  const reader = response.body!.getReader()
  let length = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    expect(read.value[0]).toBe(length % 251)
    length += read.value.length
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(length).toBe(LARGE.length)
})

test('[REST] a reader that never reads is cut after its time', async () => {
  const clock = virtualClock()
  const body = new Uint8Array(64 * 1024 * 1024)
  const { port } = await serve(
    async (request, peer) => (request.url.endsWith('/large') ? new Response(body) : echo(request, peer)),
    {
      clock,
    },
  )
  const raw = await rawHttp(port)
  raw.socket.pause()
  raw.write('GET /large HTTP/1.1\r\nHost: h\r\n\r\n')
  while (clock.nextDueMs() === null) await expectAlive(port)
  await clock.advance(WRITE_TIMEOUT_MS)
  expect(clock.nextDueMs()).toBeNull()
  raw.socket.resume()
  expect((await raw.closed()).length).toBeLessThan(body.length)
  await expectAlive(port)
})

test('[REST] a handler that fails is answered UNAVAILABLE, and the log says why', async () => {
  const logged: unknown[] = []
  const log: Log = { ...silentLog, error: (event, fields) => void logged.push([event, fields]) }
  const { port } = await serve(() => Promise.reject(new Error('broken')), { log })
  const answer = await ask(port, 'GET /secret?token=1 HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n.*retry-after: 1\r\n/s)
  expect(errorOf(answer).code).toBe('UNAVAILABLE')
  expect(logged).toMatchObject([['http_request_failed', { method: 'GET', path: '/secret' }]])
})

test('[REST] more requests at once than the bound are told to come back', async () => {
  const { port } = await serve((request, peer) =>
    request.url.endsWith('/wait') ? new Promise<Response>(() => {}) : echo(request, peer),
  )
  const crowd: RawHttp[] = []
  for (let i = 0; i < 1_024; i++) {
    const raw = await rawHttp(port)
    raw.write('GET /wait HTTP/1.1\r\nHost: h\r\n\r\n')
    crowd.push(raw)
  }
  const busy = await ask(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(errorOf(busy)).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } })
  const { socket } = crowd.pop()!
  const gone = new Promise((resolve) => socket.once('close', resolve))
  socket.resetAndDestroy()
  await gone
  const served = async () => (await ask(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).startsWith('HTTP/1.1 200')
  while (!(await served()));
  for (const raw of crowd) raw.socket.destroy()
})
