import { describe, expect, test } from 'vitest'
import { type Answer, asResponse, headersOf } from './answer.ts'

const answer = (): Answer => {
  const response = new Response('thing', { headers: { 'cache-control': 'public', 'x-request-id': 'its-own' } })
  response.headers.append('set-cookie', 'a=1')
  response.headers.append('set-cookie', 'b=2')
  return {
    response,
    headers: [
      ['x-request-id', 'ours'],
      ['ratelimit-limit', '100'],
    ],
    defaults: [
      ['cache-control', 'no-store'],
      ['x-frame-options', 'DENY'],
      ['ratelimit-limit', '1'],
    ],
  }
}

const WHOLE = [
  ['cache-control', 'public'],
  ['content-type', 'text/plain;charset=UTF-8'],
  ['ratelimit-limit', '100'],
  ['set-cookie', 'a=1'],
  ['set-cookie', 'b=2'],
  ['x-frame-options', 'DENY'],
  ['x-request-id', 'ours'],
]
const inPairs = (flat: readonly string[]) => flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : []))

describe('an answer', () => {
  test('[gate] written out: its headers win over the response, the response over defaults, and every cookie stays', () => {
    expect(inPairs(headersOf(answer())).toSorted()).toEqual(WHOLE)
  })

  test('[gate] as a response says the same', async () => {
    const whole = asResponse(answer())
    expect([...whole.headers]).toEqual(WHOLE)
    expect(await whole.text()).toBe('thing')
  })
})
