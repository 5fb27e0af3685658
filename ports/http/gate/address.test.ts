import { expect, test } from 'vitest'
import { addressGroup, expandedV6, unmapped } from './address.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['0:0:0:0:0:ffff:c000:207', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['', ''],
  ['no address', 'no address'],
])('[LIMIT] %s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})

test('[LIMIT] every way to write an address is the same address', () => {
  const groups = ['2001', 'db8', '0', '0', '0', '0', 'c000', '207']
  for (const text of ['2001:db8::c000:207', '2001:DB8:0:0::192.0.2.7', '2001:0db8:0000:0000:0000:0000:c000:0207']) {
    expect(expandedV6(text)).toEqual(groups)
  }
  expect(unmapped('::ffff:10.0.0.1')).toBe('10.0.0.1')
  expect(unmapped('2001:db8::1')).toBe('2001:db8::1')
})
