import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readJson } from './json-body.ts'
import { listen, nodeServer } from './node-server.ts'

let server: Server
let port: number

beforeAll(async () => {
  server = nodeServer({
    async handle(request) {
      const body = await readJson(request)
      const { pathname } = new URL(request.url)
      const headers = { 'x-seen': request.headers.get('x-twice') ?? '' }
      return Response.json(
        { method: request.method, pathname, body: body.ok ? body.value : body.error.message },
        { headers },
      )
    },
    refuse: ({ code, message }, status = 400) => Response.json({ code, message }, { status }),
  })
  const listening = await listen(server, 0, '127.0.0.1')
  if (!listening.ok) throw new Error(listening.error)
  port = listening.value
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Sends bytes as they are; what comes back until the server ends the connection. */
async function raw(request: string, { halfClose = false } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  if (halfClose) socket.end()
  return text(socket)
}

describe('nodeServer', () => {
  test('[rest] hands method, path, headers and body over, and the answer back', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/a/b?c`, {
      method: 'PUT',
      headers: [
        ['x-twice', '1'],
        ['x-twice', '2'],
      ],
      body: '{"a":1}',
    })
    expect(await response.json()).toEqual({ method: 'PUT', pathname: '/a/b', body: { a: 1 } })
    expect(response.headers.get('x-seen')).toBe('1, 2')
  })

  test('[rest] answers GET, HEAD and an empty POST', async () => {
    const answer = async (method: string) => (await fetch(`http://127.0.0.1:${port}/`, { method })).text()
    expect(JSON.parse(await answer('GET'))).toEqual({ method: 'GET', pathname: '/' })
    expect(JSON.parse(await answer('POST'))).toEqual({ method: 'POST', pathname: '/' })
    expect(await answer('HEAD')).toBe('')
  })

  test('[P8] answers a body that is too large, reads no more of it and ends the connection', async () => {
    const head = 'POST / HTTP/1.1\r\nhost: oxo.test\r\ncontent-length: 1000000\r\n\r\n'
    const answer = await raw(`${head}${'x'.repeat(20_000)}`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/connection: close/i)
    expect(answer).toContain('the body is over 16384 bytes')
  })

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed request'],
    ['more headers than anybody needs', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}`, 431, 'the headers are too large'],
  ])('[P8] %s is told so in the one format', async (_, bytes, status, message) => {
    const answer = await raw(bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toContain(`{"code":"BAD_REQUEST","message":"${message}"}`)
  })

  test('[P8] who sends headers or a body drop by drop is cut off when the time is up, and told why; others are served', async () => {
    const hasty = nodeServer(
      { handle: () => new Response('served'), refuse: ({ code }, status = 400) => Response.json({ code }, { status }) },
      { headersMs: 200, requestMs: 300 },
    )
    const listening = await listen(hasty, 0, '127.0.0.1')
    if (!listening.ok) throw new Error(listening.error)
    const drip = async (start: string) => {
      const socket = connect(listening.value, '127.0.0.1')
      socket.write(start)
      const timer = setInterval(() => socket.write('x'), 20)
      const answer = await text(socket)
      clearInterval(timer)
      return answer
    }
    const head = 'POST / HTTP/1.1\r\nhost: oxo.test\r\n'
    const [headers, body, quick] = await Promise.all([
      drip(`${head}x-slow: `),
      drip(`${head}content-length: 1000\r\n\r\n`),
      fetch(`http://127.0.0.1:${listening.value}/`).then((answer) => answer.text()),
    ])
    for (const answer of [headers, body]) expect(answer).toMatch(/^HTTP\/1\.1 408 .*\{"code":"BAD_REQUEST"\}$/s)
    expect(quick).toBe('served')
    hasty.closeAllConnections()
    hasty.close()
  })

  test.each([
    ['a method that fetch does not know', 'TRACE / HTTP/1.1\r\nhost: oxo.test\r\n'],
    ['a host that is no host', 'GET / HTTP/1.1\r\nhost: a b\r\n'],
  ])('[P8] refuses %s', async (_, head) => {
    const answer = await raw(`${head}connection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('{"code":"BAD_REQUEST","message":"malformed request"}')
    expect(await raw('GET / HTTP/1.1\r\nhost: oxo.test\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('[rest] a caller who goes away in the middle is forgotten', async () => {
    const handled = once(server, 'request')
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: oxo.test\r\ncontent-length: 10\r\n\r\n{"a"')
    const [incoming] = (await handled) as [NodeJS.ReadableStream]
    const gone = new Promise((resolve) => incoming.on('close', resolve))
    socket.destroy()
    await gone
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  test('[rest] a busy port is one clear line', async () => {
    const second = nodeServer({ handle: () => new Response(), refuse: () => new Response() })
    expect(await listen(second, port, '127.0.0.1')).toEqual({
      ok: false,
      error: `cannot listen on 127.0.0.1:${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    })
  })
})
