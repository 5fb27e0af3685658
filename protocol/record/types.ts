import type { GameId, UserId } from '../ids.ts'
import type { BotLevel, EndReason, Mode, Seat } from '../messages.ts'

/** Version of the binary layout that hashes cover; see RECORDS.md. */
export const SIGNED_RECORD_SCHEMA = 1

export type EndStatus = 'completed' | 'forfeited' | 'aborted'

/** Who played: an opaque id, or the level of a bot. Names are not part of a record, so that an account can be deleted. */
export type RecordPlayer = { readonly userId: UserId } | { readonly bot: BotLevel }

/** A finished game as it is hashed. Instants are ms since the Unix epoch. */
export interface RecordFacts {
  readonly gameId: GameId
  readonly mode: Mode
  /** X first. */
  readonly players: readonly [RecordPlayer, RecordPlayer]
  readonly createdAtMs: number
  readonly turnMs: number
  readonly plies: readonly { readonly cell: number; readonly atMs: number }[]
  readonly ending: {
    readonly status: EndStatus
    readonly reason: EndReason
    readonly winner: Seat | null
    readonly endedAtMs: number
  }
}

/** A finished game with its chain of hashes (lower-case hex): each covers what stands before it. */
export interface GameRecord extends RecordFacts {
  readonly schema: typeof SIGNED_RECORD_SCHEMA
  /** h_0, over the header. */
  readonly headerHash: string
  /** `hash` of ply i covers the hash before it, the ply, its cell and its time. */
  readonly plies: readonly { readonly cell: number; readonly atMs: number; readonly hash: string }[]
  /** Covers the last hash of the chain and the ending; what the signature signs. */
  readonly hash: string
}

export interface RecordSignature {
  readonly keyId: string
  /** Ed25519, 64 bytes as base64url. */
  readonly signature: string
}
