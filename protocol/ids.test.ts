import { expect, test } from 'vitest'
import { type Random, seededRandom, systemRandom } from '../kit/random.ts'
import { gameIdOf, inviteCode, isGameId, isUserId, normaliseInviteCode, parseGameIdText, shardOf } from './ids.ts'

const filledWith = (byte: number): Random => ({ uint32: () => 0, bytes: (length) => new Uint8Array(length).fill(byte) })

test('[ids] a game id is a lower-case UUIDv8 that begins with its shard', () => {
  expect(gameIdOf(0x0a1b2c3d, filledWith(0x00))).toBe('0a1b2c3d-0000-8000-8000-000000000000')
  expect(gameIdOf(0, filledWith(0xff))).toBe('00000000-ffff-8fff-bfff-ffffffffffff')
  for (const shard of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const id = gameIdOf(shard, systemRandom)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(shardOf(id)).toBe(shard)
  }
})

test('[ids] every bit of a game id but shard, version and variant is random', () => {
  const random = seededRandom(5)
  let ones = 0n
  let zeros = 0n
  for (let i = 0; i < 200; i++) {
    const bits = BigInt(`0x${gameIdOf(0, random).replaceAll('-', '')}`)
    ones |= bits
    zeros |= ~bits & ((1n << 128n) - 1n)
  }
  const varying = (ones & zeros).toString(2).split('1').length - 1
  expect(varying).toBe(128 - 32 - 4 - 2)
})

test('[ids] a shard that is no uint32 is our own bug', () => {
  for (const shard of [-1, 0x1_0000_0000, 1.5, Number.NaN]) {
    expect(() => gameIdOf(shard, systemRandom)).toThrow('uint32')
  }
})

test('[ids] what is no id of ours has no shard', () => {
  const good = '0a1b2c3d-0000-8000-8000-000000000000'
  expect(isGameId(good)).toBe(true)
  for (const text of [
    '',
    'g',
    good.toUpperCase(),
    good.replace('-8000-8', '-4000-8'),
    good.replace('-8000-8', '-8000-c'),
    `${good}0`,
    ` ${good}`,
    `${good.slice(0, 35)}\n`,
    good.replaceAll('-', ''),
    good.replace('0a', '0x'),
  ]) {
    expect(shardOf(text), text).toBeNull()
  }
})

test('[ids] on the wire an id is any string of 1..64 bytes', () => {
  for (const text of ['g', 'g'.repeat(64), 'ä'.repeat(32), '🎲'.repeat(16)]) expect(parseGameIdText(text)).toBe(text)
  for (const value of ['', 'g'.repeat(65), 'ä'.repeat(33), '🎲'.repeat(17), 7, null, undefined, ['g']]) {
    expect(parseGameIdText(value)).toBeNull()
  }
})

test('[ids] a user id is 1..64 characters of its alphabet', () => {
  for (const text of ['u', 'A-z_09', 'x'.repeat(64)]) expect(isUserId(text)).toBe(true)
  for (const text of ['', 'x'.repeat(65), 'a b', 'ä', 'a\n', 'a:b']) expect(isUserId(text)).toBe(false)
})

test('[ids] an invite code is 8 characters of the alphabet, every one of which occurs', () => {
  const random = seededRandom(3)
  const seen = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const code = inviteCode(random)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
    for (const character of code) seen.add(character)
  }
  expect(seen.size).toBe(32)
})

test('[ids] the case of a typed invite code is ignored, and nothing else', () => {
  expect(normaliseInviteCode('k7q2m9xd')).toBe('K7Q2M9XD')
  expect(normaliseInviteCode('K7Q2m9XD')).toBe('K7Q2M9XD')
  // The last two upper-case to ASCII letters: a careless reader would take them.
  for (const text of [
    '',
    'K7Q2M9X',
    'K7Q2M9XDD',
    'I7Q2M9XD',
    'L7Q2M9XD',
    'O7Q2M9XD',
    'U7Q2M9XD',
    'K7Q2-9XD',
    ' K7Q2M9XD',
    'K7Q2M9XD\n',
    'ſ7Q2M9XD',
    'ﬆ7Q2M9X',
  ]) {
    expect(normaliseInviteCode(text), text).toBeNull()
  }
})
