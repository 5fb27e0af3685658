import { assert } from '../kit/assert.ts'
import type { ServiceLevel } from '../protocol/messages.ts'

/** A store that was not heard for so long is out of reach, in ms: several heartbeats. */
export const STORE_SILENT_MS = 2_000
/** Players of a server that has been cut off for so long are sent elsewhere, in ms. */
export const CUT_OFF_AFTER_MS = 15_000
/** They leave over so much time, in ms: the other servers must bear them. */
export const CUT_OFF_SPREAD_MS = 30_000
assert(CUT_OFF_AFTER_MS > 2 * STORE_SILENT_MS, 'a failover of the store sends nobody away')

/** What an operator may switch to; `emergency` is only ever found. */
export type SwitchedLevel = Exclude<ServiceLevel, 'emergency'>

export interface LevelFacts {
  /** On the monotonic clock. */
  readonly nowMs: number
  /** How long the store has not been heard, in ms. */
  readonly silentMs: number
  /** Shards of this server, and those whose lease is trusted. */
  readonly shards: number
  readonly trusted: number
  /** A store that play does not need is down. */
  readonly limited: boolean
  readonly switched: SwitchedLevel
}

export interface LevelState {
  readonly level: ServiceLevel
  /** Since when the store has been out of reach, monotonic ms; null: it is not. */
  readonly cutOffSinceMs: number | null
}

export const FULL: LevelState = { level: 'full', cutOffSinceMs: null }

/** The level that follows from the facts: the worst of them counts. `emergency` ends by itself, as soon as the store is heard. */
export function nextLevel(state: LevelState, facts: LevelFacts): LevelState {
  if (isOutOfReach(facts)) {
    // Noticed late: the silence began before.
    return { level: 'emergency', cutOffSinceMs: state.cutOffSinceMs ?? facts.nowMs - STORE_SILENT_MS }
  }
  if (facts.switched === 'maintenance') return { level: 'maintenance', cutOffSinceMs: null }
  return { level: facts.limited || facts.switched === 'limited' ? 'limited' : 'full', cutOffSinceMs: null }
}

/** A server that has lost all its shards and hears the store is a gateway like any other. */
const isOutOfReach = ({ silentMs, shards, trusted }: LevelFacts): boolean =>
  silentMs >= STORE_SILENT_MS || (shards > 0 && trusted === 0)

/** How far the sockets of a server that is cut off shall have been sent away: 0 none .. 1 all; null: they stay. */
export function shareToSendAway({ cutOffSinceMs }: LevelState, nowMs: number): number | null {
  if (cutOffSinceMs === null || nowMs - cutOffSinceMs < CUT_OFF_AFTER_MS) return null
  return Math.min(1, (nowMs - cutOffSinceMs - CUT_OFF_AFTER_MS) / CUT_OFF_SPREAD_MS)
}
