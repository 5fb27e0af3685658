import { z } from '@hono/zod-openapi'

const Instant = z.int().openapi({ description: 'Milliseconds since the Unix epoch', example: 1_790_000_002_000 })
const Hash = z.string().length(64).openapi({ description: 'SHA-256, lower-case hex' })
const Player = z.union([z.object({ userId: z.string() }), z.object({ bot: z.literal([1, 2, 3]) })])

export const GameRecord = z
  .object({
    schema: z.literal(1),
    gameId: z.string(),
    mode: z.enum(['casual', 'ranked', 'bot', 'private']),
    players: z.tuple([Player, Player]).openapi({ description: 'X first; opaque ids, no names' }),
    createdAtMs: Instant,
    turnMs: z.int(),
    headerHash: Hash,
    plies: z
      .array(z.object({ cell: z.int().min(0).max(8), atMs: Instant, hash: Hash }))
      .max(9)
      .openapi({ description: 'Each hash covers the one before it, the ply, its cell and its time' }),
    ending: z.object({
      status: z.enum(['completed', 'forfeited', 'aborted']),
      reason: z.enum(['line', 'board_full', 'resign', 'timeout', 'lost']),
      winner: z.literal([0, 1]).nullable().openapi({ description: 'Seat: 0 is X' }),
      endedAtMs: Instant,
    }),
    hash: Hash,
  })
  .openapi('GameRecord')

export const RecordSignature = z
  .object({
    keyId: z.string().openapi({ description: 'Names a key of `GET /.well-known/oxo-keys`' }),
    signature: z.string().length(86).openapi({ description: "Ed25519 of the record's hash, base64url" }),
  })
  .openapi('RecordSignature')
