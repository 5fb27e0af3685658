import type { Brand } from '../kit/brand.ts'

/** A game, on the wire and in every store: a lower-case UUIDv8 whose first 32 bits are its shard. Clients treat it as opaque. */
export type GameId = Brand<string, 'GameId'>
/** A player's account or guest identity; opaque, 1..64 bytes of `[A-Za-z0-9_-]`. */
export type UserId = Brand<string, 'UserId'>
/** A private game's invite: 8 characters of Crockford's base 32, upper case. */
export type InviteCode = Brand<string, 'InviteCode'>
