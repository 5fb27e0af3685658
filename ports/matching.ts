import type { QueueMode } from '../protocol/messages.ts'

/** Rating distance accepted at once, and how it widens with waiting, up to a hard cap. */
export const WINDOW_START = 50
export const WINDOW_PER_SECOND = 25
export const WINDOW_MAX = 400
/** A casual player takes anyone after this, in ms. */
export const CASUAL_ANYONE_AFTER_MS = 3_000
/** A casual player is offered a bot after this, in ms. */
export const BOT_OFFER_AFTER_MS = 10_000

/** The rating distance that a player accepts after waiting; null: any. */
export function acceptedWidth(mode: QueueMode, waitedMs: number): number | null {
  if (mode === 'casual' && waitedMs >= CASUAL_ANYONE_AFTER_MS) return null
  return Math.min(WINDOW_MAX, Math.floor(WINDOW_START + (WINDOW_PER_SECOND * Math.max(0, waitedMs)) / 1_000))
}
