/** Randomness as a parameter: secure in production, seeded in tests and in the simulator. */
export interface Random {
  /** Uniform in 0..2^32-1. */
  uint32(): number
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array
}

/** Secure random bytes are fetched so many at a time: a call costs as much for four as for a few thousand. */
const POOL_BYTES = 4_096
const pool = new Uint8Array(POOL_BYTES)
let used = POOL_BYTES

function systemBytes(length: number): Uint8Array {
  if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length))
  if (used + length > POOL_BYTES) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const bytes = pool.slice(used, used + length)
  pool.fill(0, used, used + length) // what was handed out is nobody else's
  used += length
  return bytes
}

export const systemRandom: Random = {
  uint32: () => new DataView(systemBytes(4).buffer).getUint32(0),
  bytes: systemBytes,
}

/** mulberry32: the same seed gives the same sequence on every machine. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const uint32 = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  return {
    uint32,
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let i = 0; i < length; i++) bytes[i] = uint32() & 0xff
      return bytes
    },
  }
}

/** Uniform in [0, 1). */
export const fraction = (random: Random): number => random.uint32() / 0x1_0000_0000

/** Uniform integer in [0, below). `below` is at most 2^32. */
export const below = (random: Random, limit: number): number => Math.floor(fraction(random) * limit)

/** One element of a list that is not empty. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!
