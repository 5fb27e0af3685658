import { App } from 'uWebSockets.js'
import { expect, test } from 'vitest'
import { listen } from './listen.ts'
import { rawHttp } from './test-raw-http.ts'

const host = '127.0.0.1'
const app = () => App().any('/*', (res) => void res.end('{"here":true}'))
const refusesConnections = (port: number) =>
  fetch(`http://${host}:${port}`).then(
    () => false,
    () => true,
  )

test('[START] a port that is taken is an error, not a share of its players', async () => {
  // A port of its own choice is never shared; only one that was asked for by number could be.
  const free = await listen(app(), { host, port: 0 })
  free.close()
  const first = await listen(app(), { host, port: free.port })
  await expect(listen(app(), { host, port: first.port })).rejects.toThrow(
    /^cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
  )
  first.close()
  const second = await listen(app(), { host, port: first.port })
  expect(second.port).toBe(first.port)
  second.close()
})

test('[START] an address of another machine is an error', async () => {
  await expect(listen(app(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(/no such host/)
})

test('[DRAIN] after stopListening nobody new comes in and those inside stay; close ends them', async () => {
  const listener = await listen(app(), { host, port: 0 })
  const inside = await rawHttp(listener.port)
  inside.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  await inside.until(/here/)
  listener.stopListening()
  listener.stopListening()
  expect(await refusesConnections(listener.port)).toBe(true)
  inside.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  await inside.until(/here.*here/s)
  listener.close()
  await inside.closed()
})
