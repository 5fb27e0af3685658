import type { Random } from '../kit/random.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Role } from './account-store.ts'

/** `guest`: nobody but this session knows the user. `account`: signed in with an identity, from any device. */
export type SessionKind = 'guest' | 'account'

/** Sessions of one user; one more ends the one that would end first. */
export const SESSIONS_PER_USER_MAX = 20

/** One sign-in of one device: what a refresh token stands for. */
export interface Session {
  /** Of `newSessionId`. */
  readonly id: string
  readonly userId: UserId
  readonly kind: SessionKind
  readonly name: string
  readonly region: string
  readonly role: Role
  /** How the user proved who they are, as RFC 8176 names it; a guest did not. */
  readonly amr: readonly string[]
  /** ms since the Unix epoch. */
  readonly createdAtMs: number
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
  | { readonly type: 'rotated' | 'repeated' | 'reused'; readonly session: Session }
  | { readonly type: 'unknown' }

/** What may change while a session lasts; tokens say it from the next refresh on. */
export type SessionChanges = Partial<Pick<Session, 'name' | 'region' | 'role' | 'amr'>>

/**
 * Sessions with rotating refresh tokens. A call that resolved survives the process if the adapter says so; each call is atomic. A call that
 * rejects may have happened; each may be repeated.
 */
export interface SessionStore {
  /** Adds a session with a fresh id. */
  create(session: Session): Promise<void>
  rotate(rotation: Rotation): Promise<RotateAnswer>
  find(id: string, nowMs: number): Promise<Session | null>
  /** The user's living sessions, in no order. */
  list(userId: UserId, nowMs: number): Promise<readonly Session[]>
  /** Changes all sessions of a user, or only the one of `id`. */
  amend(userId: UserId, changes: SessionChanges, id?: string): Promise<void>
  /** The session that ended by this; null: it had ended before. */
  end(id: string): Promise<Session | null>
  /** The sessions that ended by this: all that the user had. */
  endAll(userId: UserId): Promise<readonly Session[]>
}

const USER_TAG_LENGTH = 6

/**
 * 128 random bits behind the first characters of the user id, so that a store can keep the sessions of a user together and still find one
 * by its id alone.
 */
export const newSessionId = (userId: UserId, random: Random): string =>
  `${userTag(userId)}${Buffer.from(random.bytes(16)).toString('base64url')}`

/** What a user's session ids begin with; few users share one. */
export const userTag = (userId: UserId): string => userId.slice(0, USER_TAG_LENGTH).padEnd(USER_TAG_LENGTH, '-')
export const tagOfSession = (id: string): string => id.slice(0, USER_TAG_LENGTH)
