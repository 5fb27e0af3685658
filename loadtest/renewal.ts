import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import { type GuestOptions, type GuestSession, refreshSession } from './guests.ts'

/** Each player is looked at so often in a token's life: a renewal that fails is tried again before the token ends. */
const LOOKS_A_LIFE = 3
/** A token younger than this share of its life is left alone. */
const YOUNG = 1 / 4

export interface Renewals {
  /** Access tokens by player; changed in place. */
  readonly tokens: string[]
  /** Calls `renewed` for each player whose token has changed, `failed` for each that could not be renewed at this look. */
  start(clock: Clock, renewed: (index: number) => void, failed: (error: unknown) => void): CancelTimer
}

/** Keeps the access tokens of a crowd good: one player after the other, evenly over time, so that no burst disturbs what is measured. */
export function createRenewals(
  options: GuestOptions,
  sessions: readonly GuestSession[],
  refresh: (index: number, session: GuestSession) => Promise<GuestSession> = (index, session) =>
    refreshSession(options, index, session),
): Renewals {
  const held = [...sessions]
  const tokens = held.map(({ accessToken }) => accessToken)
  return {
    tokens,
    start(clock, renewed, failed) {
      const lifeMs = Math.min(...held.map(({ expiresIn }) => expiresIn)) * 1_000
      const renewedMs = held.map(() => clock.monotonic())
      let next = 0
      return every(clock, lifeMs / LOOKS_A_LIFE / held.length, () => {
        const index = next++ % held.length
        const nowMs = clock.monotonic()
        if (nowMs - renewedMs[index]! < YOUNG * lifeMs) return
        refresh(index, held[index]!).then((session) => {
          held[index] = session
          tokens[index] = session.accessToken
          renewedMs[index] = nowMs
          renewed(index)
        }, failed)
      })
    },
  }
}
