import { expect, test } from 'vitest'
import { createClientAddress } from './client-address.ts'

const trusted = createClientAddress([
  { address: '10.0.0.0', prefixBits: 8, family: 'ipv4' },
  { address: 'fd00::', prefixBits: 8, family: 'ipv6' },
])

const CASES: readonly (readonly [string, string, string | null, string])[] = [
  ['who connects itself is the client', '203.0.113.9', null, '203.0.113.9'],
  ["a stranger's header is its own claim", '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a trusted proxy is believed', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['only the last hop before the trusted ones counts', '10.1.2.3', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
  ['trusted proxies in a row are passed', '10.1.2.3', '198.51.100.1, 10.9.9.9,10.8.8.8', '198.51.100.1'],
  ['a proxy without a header is the client', '10.1.2.3', null, '10.1.2.3'],
  ['nonsense in the header is not followed', '10.1.2.3', 'unknown', '10.1.2.3'],
  ['nonsense behind a proxy ends the walk there', '10.1.2.3', 'x, 10.9.9.9', '10.9.9.9'],
  ['IPv6 proxies work too', 'fd00::1', '2001:db8::7', '2001:db8::7'],
]
for (const [rule, address, forwardedFor, client] of CASES) {
  test(`[LIMIT] ${rule}`, () => {
    expect(trusted({ address, forwardedFor })).toBe(client)
  })
}

test('[LIMIT] a server of ours says who the client is, if it shows the secret; nobody else is believed', () => {
  const forwarded = createClientAddress([], 'a secret of ours')
  const from = (hop: string | null, forwardedFor: string | null) =>
    forwarded({ address: '10.1.2.3', forwardedFor, hop })
  expect(from('a secret of ours', '198.51.100.1')).toBe('198.51.100.1')
  for (const guess of [null, '', 'a secret', 'a secret of ours ']) expect(from(guess, '198.51.100.1')).toBe('10.1.2.3')
  for (const claim of [null, '', 'nonsense', '198.51.100.1, 10.9.9.9']) {
    expect(from('a secret of ours', claim)).toBe('10.1.2.3')
  }
  const without = createClientAddress([])
  for (const hop of ['', 'null', 'undefined']) {
    expect(without({ address: '10.1.2.3', forwardedFor: '198.51.100.1', hop })).toBe('10.1.2.3')
  }
})

test('[LIMIT] who is believed stays so however many others came in between', () => {
  const client = (address: string) => trusted({ address, forwardedFor: '198.51.100.1' })
  for (let round = 0; round < 2; round++) {
    expect(client('10.1.2.3')).toBe('198.51.100.1')
    expect(client('203.0.113.9')).toBe('203.0.113.9')
    for (let i = 0; i < 1_500; i++) client(`192.0.${i >> 8}.${i & 255}`)
  }
})
