import { expect, test } from 'vitest'
import { below, fraction, pick, seededRandom, systemRandom } from './random.ts'

test('[RANDOM] the same seed gives the same sequence, another seed another', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed)
    return [random.uint32(), random.uint32(), ...random.bytes(4)]
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('[RANDOM] numbers stay within their bounds', () => {
  const random = seededRandom(1)
  for (let n = 0; n < 1_000; n++) {
    expect(fraction(random)).toBeLessThan(1)
    expect([0, 1, 2]).toContain(below(random, 3))
    expect(['a', 'b']).toContain(pick(random, ['a', 'b']))
  }
})

test('[RANDOM] system bytes are fresh across refills of the pool, and as many as asked', () => {
  const drawn = new Set<string>()
  for (let n = 0; n < 1_000; n++) drawn.add(Buffer.from(systemRandom.bytes(12)).toString('hex'))
  expect(drawn.size).toBe(1_000)
  for (const length of [0, 1, 4_096, 4_097, 10_000]) expect(systemRandom.bytes(length)).toHaveLength(length)
  expect(systemRandom.bytes(5_000).some((byte) => byte !== 0)).toBe(true)
  expect(new Set(Array.from({ length: 100 }, () => systemRandom.uint32())).size).toBeGreaterThan(98)
})

test('[RANDOM] what was handed out does not change afterwards', () => {
  const first = systemRandom.bytes(16)
  const copy = first.slice()
  for (let n = 0; n < 300; n++) systemRandom.bytes(16)
  expect(first).toEqual(copy)
})
