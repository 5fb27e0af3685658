import { expect, test } from 'vitest'
import { addressText } from './address.ts'

const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer

test.each([
  [[192, 0, 2, 1], '192.0.2.1'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1], '192.0.2.1'],
  [[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '2001:db8:0:0:0:0:0:1'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 192, 0, 2, 1], '0:0:0:0:0:ff00:c000:201'],
  [[], ''],
])('[ADDRESS] %j is %s', (given, text) => {
  expect(addressText(bytes(...given))).toBe(text)
})
