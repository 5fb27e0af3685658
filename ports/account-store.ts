import type { Result } from '../kit/result.ts'
import type { UserId } from '../protocol/ids.ts'

/** Who somebody is to a provider of sign-ins: the provider's name and its own, stable id of the person. */
export interface Identity {
  readonly provider: string
  readonly subject: string
}

export type Role = 'player' | 'admin'
/** `banned`: cannot sign in until an admin says so. `deleted`: for ever, and nothing personal is left. */
export type AccountState = 'active' | 'banned' | 'deleted'

/** A player as the platform remembers them. A guest has one from the first result or change of the profile on, without an identity. */
export interface Account {
  readonly userId: UserId
  /** Null: a guest, or deleted. */
  readonly identity: Identity | null
  /** Unique without regard to case: it stays with the first account that brought it. */
  readonly email: string | null
  /** Unique, `[a-z0-9_]{3,20}`. */
  readonly username: string | null
  /** What others see, and what new access tokens carry: 1..32 characters. */
  readonly displayName: string
  readonly avatarUrl: string | null
  /** Where the player is matched; null: not said, the region of the session counts. */
  readonly region: string | null
  readonly role: Role
  readonly state: AccountState
  /** Times are ms since the Unix epoch. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Null: never signed in with an identity. */
  readonly lastLoginMs: number | null
}

/** What the provider says of a person at the first sign-in. */
export interface NewAccount {
  readonly email: string | null
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly region: string
}

/** A missing field stays as it is; `null` removes it. */
export interface ProfileChanges {
  readonly username?: string | null
  readonly displayName?: string
  readonly avatarUrl?: string | null
  readonly region?: string
}

/** A shared secret for one-time codes. */
export interface SecondFactor {
  /** Base 32. */
  readonly secret: string
  /** Time step of the last accepted code, which can never be used again; null: no code was accepted yet, so it counts for nothing. */
  readonly lastStep: number | null
}

/** Codes that may be tried in one window; a good one ends it. With 3 of 10^6 codes good at a time, guessing one takes years. */
export const SECOND_FACTOR_TRIES_MAX = 5
export const SECOND_FACTOR_WINDOW_MS = 15 * 60_000

/**
 * Accounts and who may do what. Each call is atomic and durable when it resolves.
 * Every call @throws StoreUnavailable when the store is down or too slow.
 */
export interface AccountStore {
  get(userId: UserId): Promise<Account | null>
  findByIdentity(identity: Identity): Promise<Account | null>
  /** The account of a guest, created with these when there is none. What is there stays, but for a missing region. */
  ensureGuest(
    userId: UserId,
    guest: { readonly displayName: string; readonly region: string | null },
    nowMs: number,
  ): Promise<Account>
  /**
   * Gives `userId` an identity: a new account, or a guest who keeps id, games and display name. Counts as a login. Safe to repeat.
   * `identity_taken`: it belongs to another account (find it). `already_linked`: this one has another identity. `gone`: deleted or banned.
   */
  linkIdentity(
    userId: UserId,
    identity: Identity,
    account: NewAccount,
    nowMs: number,
  ): Promise<Result<Account, 'identity_taken' | 'already_linked' | 'gone'>>
  /** `unknown`: no such account, or deleted. */
  updateProfile(
    userId: UserId,
    changes: ProfileChanges,
    nowMs: number,
  ): Promise<Result<Account, 'username_taken' | 'unknown'>>
  /** Notes a sign-in. Nothing happens to unknown accounts. */
  touchLogin(userId: UserId, nowMs: number): Promise<void>
  setRole(userId: UserId, role: Role, nowMs: number): Promise<Result<Account, 'unknown'>>
  /** Bans or lets in again. */
  setBanned(userId: UserId, banned: boolean, nowMs: number): Promise<Result<Account, 'unknown'>>
  /**
   * Removes identity, email, names, avatar, region, role and second factor, also of a user who has no account yet; the id stays, so that games
   * stay valid. Safe to repeat.
   */
  remove(userId: UserId, nowMs: number): Promise<void>

  secondFactor(userId: UserId): Promise<SecondFactor | null>
  /** Replaces the secret unless the present one has had a code accepted. `unknown` as above. */
  enrolSecondFactor(userId: UserId, secret: string): Promise<Result<void, 'unknown' | 'already_enrolled'>>
  /**
   * Takes one of the tries of this window, before a code is looked at, so that guessing at once gains nothing. `none`: no secret. Else when
   * there are tries again, ms since the Unix epoch.
   */
  trySecondFactor(
    userId: UserId,
    nowMs: number,
  ): Promise<Result<SecondFactor, 'none' | { readonly notBeforeMs: number }>>
  /** Uses up the code of a time step, and gives the tries back. False: that step, or a later one, was used before, or `secret` is not the present one. */
  useSecondFactor(userId: UserId, secret: string, step: number): Promise<boolean>
  /** Removes the second factor, for an admin who lost the device. */
  clearSecondFactor(userId: UserId): Promise<void>
}

/** What others see of a deleted account, in profiles and in its games. */
export const DELETED_NAME = 'Deleted player'
