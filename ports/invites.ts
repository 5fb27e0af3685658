import type { GameId, InviteCode, UserId } from '../protocol/ids.ts'

export interface Invite {
  readonly code: InviteCode
  readonly host: { readonly userId: UserId; readonly name: string }
  readonly openedAtMs: number
  /** Who joined, and which game it became; null while open. Kept until the invite would have expired, so that a repeat finds it. */
  readonly used: { readonly by: UserId; readonly gameId: GameId } | null
}

/** Open private games by code. A host has at most one; it ends when used, closed, or after INVITE_TTL_MS. */
export interface Invites {
  /** Opens an invite, or answers with the one that the host has open. `fresh` is the code to use if there is none; null: that code is taken. */
  open(host: Invite['host'], fresh: InviteCode, nowMs: number): Promise<Invite | null>
  find(code: InviteCode, nowMs: number): Promise<Invite | null>
  /** Marks it used. False: it is gone, or used by somebody else. Again with the same arguments: true. */
  use(code: InviteCode, by: UserId, gameId: GameId, nowMs: number): Promise<boolean>
  /** Ends the open invites of these hosts, if any. */
  close(hosts: readonly UserId[]): Promise<void>
}
