import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avatarUrlOf, displayNameOf, isReserved } from './names.ts'

describe('displayNameOf', () => {
  test.each([
    ['Ana', 'Ana'],
    ['  Ana   Bo  ', 'Ana Bo'],
    ['no\u00a0break', 'no break'],
    ['A\u0301lvaro', 'Álvaro'],
    ['李小龍', '李小龍'],
    ['நிலா', 'நிலா'],
    ['👩‍🚀 Zoë ❤️', '👩‍🚀 Zoë ❤️'],
    ['x'.repeat(32), 'x'.repeat(32)],
    ['🦦'.repeat(32), '🦦'.repeat(32)],
  ])('[profile] takes %j', (given, kept) => {
    expect(displayNameOf(given)).toEqual({ ok: true, value: kept })
  })

  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['33 characters', 'x'.repeat(33)],
    ['a line break', 'Ana\nBo'],
    ['a null', 'Ana\u0000'],
    ['an escape', '\u001b[31mAna'],
    ['a C1 control', 'Ana\u0085'],
    ['a right-to-left override', 'Ana\u202e'],
    ['an isolate', '\u2067Ana\u2069'],
    ['a right-to-left mark', 'Ana\u200f'],
    ['an Arabic letter mark', 'Ana\u061c'],
    ['a zero-width space', 'An\u200ba'],
    ['a soft hyphen', 'An\u00ada'],
    ['a byte order mark', '\ufeffAna'],
    ['a Hangul filler', '\u3164'],
    ['a line separator', 'Ana\u2028Bo'],
    ['half a surrogate pair', 'Ana\ud83e'],
    ['a private character', 'Ana\ue000'],
    ['tag characters', 'Ana\u{e0041}'],
    ['joiners alone', '\u200d\u200d'],
    ['a tower of marks', `Z${'\u0329'.repeat(5)}`],
  ])('[profile] refuses %s', (_, given) => {
    expect(displayNameOf(given)).toEqual({ ok: false, error: expect.any(String) })
  })

  test('[profile] whatever is taken is short, in NFC, and taken as it is the second time', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (given) => {
      const name = displayNameOf(given)
      if (!name.ok) return
      expect(displayNameOf(name.value)).toEqual(name)
      expect(name.value.normalize('NFC')).toBe(name.value)
      expect(name.value.length).toBeLessThanOrEqual(64) // what an access token carries
    })
    fc.assert(property, { numRuns: 150 })
  })
})

test('[profile] names that read like the platform are reserved, underscores or not', () => {
  const reserved = ['admin', 'root', '_admin_', 'a_d_m_i_n', 'oxo', 'support', 'me_', 'deleted_player']
  expect(reserved.filter((name) => !isReserved(name))).toEqual([])
  expect(['ana', 'admina', 'root66', 'x_x'].filter(isReserved)).toEqual([])
})

describe('avatarUrlOf', () => {
  test.each([
    ['https://pictures.example/ana.png?s=80', 'https://pictures.example/ana.png?s=80'],
    ['HTTPS://Pictures.Example', 'https://pictures.example/'],
  ])('[profile] takes %s', (given, kept) => {
    expect(avatarUrlOf(given)).toEqual({ ok: true, value: kept })
  })

  test.each([
    'http://pictures.example/a.png',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    '//pictures.example/a.png',
    '/a.png',
    '',
    'https://ana:secret@pictures.example/a.png',
    `https://pictures.example/${'a'.repeat(500)}`,
    `https://pictures.example/${'ä'.repeat(200)}`,
  ])('[profile] refuses %s', (given) => {
    expect(avatarUrlOf(given)).toEqual({ ok: false, error: expect.any(String) })
  })
})
