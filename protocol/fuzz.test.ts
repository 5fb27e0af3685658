import { isDeepStrictEqual } from 'node:util'
import { decode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { seededRandom } from '../kit/random.ts'
import { decodeClient, decodeServer, encodeClient, encodeServer } from './codec.ts'
import { mutatedFrame, mutatedServerFrame } from './fuzz.ts'
import { readMsgpack, type Value } from './msgpack-read.ts'

test('[P8] 150,000 hostile client frames: never a throw, and what is taken is a whole message', () => {
  const random = seededRandom(0x0f02)
  const seen = { ok: 0, close: 0, error: 0 }
  for (let i = 0; i < 150_000; i++) {
    const result = decodeClient(mutatedFrame(random))
    seen[result.ok ? 'ok' : result.error.kind]++
    if (!result.ok || i % 8 !== 0) continue
    const again = decodeClient(encodeClient(result.value))
    if (JSON.stringify(again) !== JSON.stringify(result)) expect(again).toEqual(result)
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10_000)
})

test('[P8] 50,000 hostile server frames: never a throw, and what is taken is a whole message', () => {
  const random = seededRandom(0x0f03)
  const seen = { message: 0, ignored: 0, refused: 0 }
  for (let i = 0; i < 50_000; i++) {
    const result = decodeServer(mutatedServerFrame(random))
    seen[!result.ok ? 'refused' : result.value === null ? 'ignored' : 'message']++
    if (!result.ok || result.value === null || i % 8 !== 0) continue
    const again = decodeServer(encodeServer(result.value))
    if (JSON.stringify(again) !== JSON.stringify(result)) expect(again).toEqual(result)
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200)
})

test('[msgpack] agrees with an independent decoder on 10,000 hostile frames', () => {
  const random = seededRandom(0x0f04)
  const counts = { equal: 0, both: 0, stricter: 0 }
  for (let i = 0; i < 10_000; i++) {
    const bytes = mutatedFrame(random)
    const ours = readMsgpack(bytes)
    const reference = independent(bytes)
    if (ours.ok) {
      const read = { value: plain(ours.value) }
      if (!isDeepStrictEqual(read, reference)) expect(read).toEqual(reference)
      counts.equal++
    } else if (reference === null) counts.both++
    else {
      expect(ours.error).toMatch(/extension type|UTF-8|__proto__/)
      counts.stricter++
    }
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(200)
})

test('[fuzz] the same seed makes the same frames', () => {
  const some = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 100 }, () => mutatedFrame(random))
  }
  expect(some(7)).toEqual(some(7))
  expect(some(7)).not.toEqual(some(8))
})

/** Stands for a key that is no string, which our reader drops. */
const DROPPED = '\u0000dropped'

function independent(bytes: Uint8Array): { value: unknown } | null {
  try {
    const mapKeyConverter = (key: unknown) => (typeof key === 'string' ? key : DROPPED)
    return { value: withoutDropped(decode(bytes, { mapKeyConverter })) }
  } catch {
    return null
  }
}

function withoutDropped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDropped)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  const kept = Object.entries(value).filter(([key]) => key !== DROPPED)
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutDropped(item)]))
}

function plain(value: Value): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  return Array.isArray(value) ? value.map(plain) : value
}
