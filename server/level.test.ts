import { describe, expect, test } from 'vitest'
import {
  CUT_OFF_AFTER_MS,
  CUT_OFF_SPREAD_MS,
  FULL,
  type LevelFacts,
  nextLevel,
  STORE_SILENT_MS,
  shareToSendAway,
} from './level.ts'

const fine: LevelFacts = { nowMs: 100_000, silentMs: 0, shards: 4, trusted: 4, limited: false, switched: 'full' }
const levelOf = (facts: Partial<LevelFacts>) => nextLevel(FULL, { ...fine, ...facts }).level

describe('levels', () => {
  test('[level] the worst of what is known counts', () => {
    expect(levelOf({})).toBe('full')
    expect(levelOf({ limited: true })).toBe('limited')
    expect(levelOf({ switched: 'limited' })).toBe('limited')
    expect(levelOf({ switched: 'maintenance', limited: true })).toBe('maintenance')
    expect(levelOf({ switched: 'maintenance', silentMs: STORE_SILENT_MS })).toBe('emergency')
  })

  test('[level] emergency: the store is silent, or trusts no lease of ours', () => {
    expect(levelOf({ silentMs: STORE_SILENT_MS - 1 })).toBe('full')
    expect(levelOf({ silentMs: STORE_SILENT_MS })).toBe('emergency')
    expect(levelOf({ trusted: 1 })).toBe('full')
    expect(levelOf({ trusted: 0 })).toBe('emergency')
    expect(levelOf({ trusted: 0, shards: 0 })).toBe('full')
  })

  test('[level] emergency ends by itself, and the next one begins anew', () => {
    const silent = { ...fine, silentMs: STORE_SILENT_MS }
    const first = nextLevel(FULL, silent)
    const still = nextLevel(first, { ...silent, nowMs: fine.nowMs + 9_000, silentMs: 11_000 })
    expect(still).toEqual({ level: 'emergency', cutOffSinceMs: fine.nowMs - STORE_SILENT_MS })
    expect(nextLevel(still, fine)).toEqual(FULL)
    expect(nextLevel(FULL, { ...silent, nowMs: 200_000 }).cutOffSinceMs).toBe(200_000 - STORE_SILENT_MS)
  })
})

describe('sockets of a server that is cut off', () => {
  const cutOff = { level: 'emergency', cutOffSinceMs: 0 } as const

  test('[level] stay at first, and then leave over a while', () => {
    expect(shareToSendAway(FULL, 1e6)).toBeNull()
    expect(shareToSendAway(cutOff, CUT_OFF_AFTER_MS - 1)).toBeNull()
    expect(shareToSendAway(cutOff, CUT_OFF_AFTER_MS)).toBe(0)
    expect(shareToSendAway(cutOff, CUT_OFF_AFTER_MS + CUT_OFF_SPREAD_MS / 2)).toBe(0.5)
    expect(shareToSendAway(cutOff, CUT_OFF_AFTER_MS + 2 * CUT_OFF_SPREAD_MS)).toBe(1)
  })
})
