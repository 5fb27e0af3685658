import { expect, test } from 'vitest'
import { seededRandom } from '../../kit/random.ts'
import { codeAt, newSecret, otpauthUri, stepOfCode } from './totp.ts'

/** Appendix B of RFC 6238, its last six digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const NOW_MS = 1_111_111_109_000
const STEP = 37_037_036

test('[totp] codes are those of RFC 6238', () => {
  expect([59_000, NOW_MS, 1_234_567_890_000].map((ms) => codeAt(RFC_SECRET, ms))).toEqual([
    '287082',
    '081804',
    '005924',
  ])
})

test('[totp] a code is good for its step and the ones beside it', () => {
  const around = [-61, -60, -30, 0, 30, 60, 61].map((seconds) =>
    stepOfCode(RFC_SECRET, codeAt(RFC_SECRET, NOW_MS + seconds * 1_000), NOW_MS),
  )
  expect(around).toEqual([null, null, STEP - 1, STEP, STEP + 1, null, null])
})

test.each(['', '81804', '0081804', 'abcdef', '081805', '０８１８０４', '081804 '])('[totp] %j is no code', (code) => {
  expect(stepOfCode(RFC_SECRET, code, NOW_MS)).toBeNull()
  expect(stepOfCode(RFC_SECRET, '081804', NOW_MS)).toBe(STEP)
})

test('[totp] secrets are 160 random bits that an app can read', () => {
  const random = seededRandom(1)
  const [one, other] = [newSecret(random), newSecret(random)]
  expect(one).toMatch(/^[A-Z2-7]{32}$/)
  expect(one).not.toBe(other)
  const uri = new URL(otpauthUri(one, 'Ana'))
  expect(uri.protocol + uri.host).toBe('otpauth:totp')
  expect(decodeURIComponent(uri.pathname)).toBe('/Oxo:Ana')
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret: one, issuer: 'Oxo', digits: '6', period: '30' })
})
