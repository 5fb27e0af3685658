import type { UserId } from '../protocol/ids.ts'

/** One sign-in of one device: what a refresh token stands for. */
export interface Session {
  readonly id: string
  readonly userId: UserId
  readonly name: string
  readonly region: string
  /** How often the refresh token was replaced; only the token of this generation is good. */
  readonly generation: number
  /** Who asked for this generation (an Idempotency-Key), so that a lost answer can be given again; null: cannot. */
  readonly rotatedBy: string | null
  /** ms since the Unix epoch. */
  readonly expiresAtMs: number
}

export interface Rotation {
  readonly id: string
  /** Generation of the token that was shown. */
  readonly generation: number
  readonly rotatedBy: string | null
  readonly nowMs: number
  /** New end of the session. */
  readonly expiresAtMs: number
}

/**
 * `rotated`: the session is one generation on. `repeated`: this rotation happened before, by the same key; nothing changed.
 * `reused`: an older token was shown, so that someone else may hold one too: the session is ended. `unknown`: no such session, ended or expired.
 */
export type RotateAnswer =
  | { readonly type: 'rotated' | 'repeated'; readonly session: Session }
  | { readonly type: 'reused' | 'unknown' }

/** Sessions with rotating refresh tokens. A call that resolved survives the process if the adapter says so; each call is atomic. */
export interface SessionStore {
  /** Adds a session with a fresh id. A full store drops the session that would end first. */
  create(session: Session): Promise<void>
  rotate(rotation: Rotation): Promise<RotateAnswer>
}
