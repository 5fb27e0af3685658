import { z } from '@hono/zod-openapi'
import type { Account } from '../../ports/account-store.ts'
import { AVATAR_URL_LENGTH_MAX, DISPLAY_NAME_LENGTH_MAX, USERNAME } from './names.ts'
import type { OwnAccount } from './profile.ts'

const Instant = z.iso.datetime()
const USER_ID = 'kVqH3W1pT5aYk2b0dE8xQg'

export const UserIdParam = z.object({
  userId: z
    .string()
    .min(1)
    .max(64)
    .openapi({ param: { name: 'userId', in: 'path' }, description: 'Opaque', example: USER_ID }),
})

export const PublicUser = z
  .object({
    userId: z.string(),
    name: z.string().openapi({ description: 'What to call the player: the display name, if there is one' }),
    username: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    guest: z.boolean().openapi({ description: 'Nobody can sign in as this player from another device' }),
    createdAt: Instant,
  })
  .openapi('PublicUser', {
    example: {
      userId: USER_ID,
      name: 'Ana',
      username: 'ana_42',
      avatarUrl: 'https://pictures.example/ana.png',
      guest: false,
      createdAt: '2026-01-31T12:00:00.000Z',
    },
  })

export const Me = PublicUser.extend({
  region: z.string().openapi({ description: 'Where the player is matched' }),
  email: z.string().nullable(),
  provider: z.string().nullable().openapi({ description: 'Who vouches for the sign-in; null: a guest' }),
  role: z.enum(['player', 'admin']),
  createdAt: Instant.nullable().openapi({ description: 'Null: a guest of whom nothing is stored yet' }),
  lastLoginAt: Instant.nullable(),
}).openapi('Me')

/** Fields that are not there stay as they are. Anything else is refused: nobody gives themselves a role. */
export const ProfileChange = z
  .strictObject({
    displayName: z
      .string()
      .max(8 * DISPLAY_NAME_LENGTH_MAX)
      .optional()
      .openapi({ description: `1 to ${DISPLAY_NAME_LENGTH_MAX} visible characters`, example: 'Ana' }),
    username: z
      .string()
      .regex(USERNAME, 'must be 3 to 20 of a-z 0-9 _')
      .nullable()
      .optional()
      .openapi({ description: 'Unique; not for guests', example: 'ana_42' }),
    avatarUrl: z.string().max(AVATAR_URL_LENGTH_MAX).nullable().optional().openapi({ description: 'An https URL' }),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'must be a region')
      .optional()
      .openapi({ description: 'One of those that the platform has', example: 'local' }),
  })
  .openapi('ProfileChange')

export const Blocks = z
  .object({ blocked: z.array(z.string()).max(100).openapi({ description: 'User ids, in the order of blocking' }) })
  .openapi('Blocks')

export const Export = z
  .object({
    exportedAt: Instant,
    account: Me,
    sessions: z.array(
      z.object({
        kind: z.enum(['guest', 'account']),
        name: z.string(),
        region: z.string(),
        createdAt: Instant,
        expiresAt: Instant,
      }),
    ),
    blocked: z.array(z.string()),
    matchmaking: z.object({ rating: z.number(), lastOpponent: z.string().nullable(), occupation: z.string() }),
    statistics: z.record(z.string(), z.unknown()).nullable(),
    apiKeys: z.array(
      z.object({
        keyId: z.string(),
        name: z.string(),
        prefix: z.string(),
        scopes: z.array(z.string()),
        createdAt: Instant,
        expiresAt: Instant,
      }),
    ),
    games: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'Newest first' }),
    moreGames: z
      .string()
      .nullable()
      .openapi({ description: 'Where the rest is, when there are more games than one answer holds' }),
  })
  .openapi('Export')
export type ExportView = z.infer<typeof Export>

const instant = (ms: number): string => new Date(ms).toISOString()

export const publicUser = (account: Account): z.infer<typeof PublicUser> => ({
  userId: account.userId,
  name: account.displayName,
  username: account.username,
  avatarUrl: account.avatarUrl,
  guest: account.identity === null,
  createdAt: instant(account.createdAtMs),
})

/** @param region of the session: counts while the account names none */
export const me = (account: OwnAccount, region: string): z.infer<typeof Me> => ({
  ...publicUser({ ...account, createdAtMs: account.createdAtMs ?? 0 }),
  createdAt: account.createdAtMs === null ? null : instant(account.createdAtMs),
  region: account.region ?? region,
  email: account.email,
  provider: account.identity?.provider ?? null,
  role: account.role,
  lastLoginAt: account.lastLoginMs === null ? null : instant(account.lastLoginMs),
})
