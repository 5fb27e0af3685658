import { expect, test } from 'vitest'
import { BODY_BYTES_MAX, readJson } from './json-body.ts'

const post = (body?: BodyInit, headers: Record<string, string> = {}) =>
  new Request('http://oxo.test/', {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  } as RequestInit)

const refusedWith = (message: string) => ({ ok: false, error: { code: 'BAD_REQUEST', message } })
const TOO_LARGE = refusedWith('the body is over 16384 bytes')
const NOT_JSON = refusedWith('the body is not JSON')

test('[rest] reads JSON whatever the content type says', async () => {
  expect(await readJson(post('{"a":[1,"ü"]}', { 'content-type': 'text/plain' }))).toEqual({
    ok: true,
    value: { a: [1, 'ü'] },
  })
  expect(await readJson(post('null'))).toEqual({ ok: true, value: null })
})

test('[rest] an empty body is undefined', async () => {
  expect(await readJson(post())).toEqual({ ok: true, value: undefined })
  expect(await readJson(post(''))).toEqual({ ok: true, value: undefined })
})

test('[P8] refuses what is not JSON in UTF-8', async () => {
  expect(await readJson(post('{a:1}'))).toEqual(NOT_JSON)
  expect(await readJson(post(' '))).toEqual(NOT_JSON)
  expect(await readJson(post(new Uint8Array([0x22, 0xff, 0x22])))).toEqual(NOT_JSON)
})

test('[P8] takes 16 KiB and not one byte more', async () => {
  const jsonOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
  expect(await readJson(post(jsonOf(BODY_BYTES_MAX)))).toMatchObject({ ok: true })
  expect(await readJson(post(jsonOf(BODY_BYTES_MAX + 1)))).toEqual(TOO_LARGE)
})

test('[P8] refuses by the length that the caller announces', async () => {
  expect(await readJson(post('{}', { 'content-length': '16385' }))).toEqual(TOO_LARGE)
  expect(await readJson(post('{}', { 'content-length': '16384' }))).toMatchObject({ ok: true })
})

test('[P8] stops reading a body without end', async () => {
  let pulled = 0
  let cancelled = false
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1
      controller.enqueue(new Uint8Array(4_096))
    },
    cancel() {
      cancelled = true
    },
  })
  expect(await readJson(post(endless))).toEqual(TOO_LARGE)
  expect(cancelled).toBe(true)
  expect(pulled).toBeLessThan(10)
})
