import { FLOOD_FACTOR } from '../../protocol/limits.ts'

export type FrameVerdict = 'allowed' | 'limited' | 'flood'

/**
 * Frames a second of one socket, by the generic cell rate algorithm: a second's worth at once, then `perSecond`; over `FLOOD_FACTOR`
 * times as many is a flood. Two numbers of state; no window edges to aim at.
 */
export interface FrameLimiter {
  allowedAtMs: number
  floodAtMs: number
}

export const frameLimiter = (nowMs: number): FrameLimiter => ({ allowedAtMs: nowMs, floodAtMs: nowMs })

export function takeFrame(limiter: FrameLimiter, perSecond: number, nowMs: number): FrameVerdict {
  const flood = advance(limiter.floodAtMs, perSecond * FLOOD_FACTOR, nowMs)
  if (flood === null) return 'flood'
  limiter.floodAtMs = flood
  const allowed = advance(limiter.allowedAtMs, perSecond, nowMs)
  if (allowed === null) return 'limited'
  limiter.allowedAtMs = allowed
  return 'allowed'
}

/** How long until a frame is allowed again, in ms. */
export const retryAfterMs = (limiter: FrameLimiter, perSecond: number, nowMs: number): number =>
  Math.max(1, Math.ceil(limiter.allowedAtMs + 1_000 / perSecond - nowMs - 1_000))

/** The theoretical arrival time after one more frame; null when a whole second's worth is already used up. */
function advance(atMs: number, perSecond: number, nowMs: number): number | null {
  const next = Math.max(atMs, nowMs) + 1_000 / perSecond
  return next - nowMs > 1_000 + 1e-6 ? null : next
}
