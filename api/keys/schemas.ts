import { z } from '@hono/zod-openapi'
import { SCOPES } from '../../ports/http/gate/access.ts'

export const KEY_DAYS_MAX = 365
const KEY_DAYS = 90
const NAME_LENGTH_MAX = 64

export const NewKey = z
  .object({
    name: z
      .string()
      .min(1)
      .max(NAME_LENGTH_MAX)
      .regex(/^[^\p{C}]+$/u, 'must have no control characters')
      .openapi({ description: 'To tell keys apart', example: 'Score board' }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .transform((scopes) => [...new Set(scopes)])
      .openapi({ description: 'What the key may do', example: ['games:read', 'stats:read'] }),
    expiresInDays: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS),
  })
  .openapi('NewApiKey')

const fields = {
  keyId: z.string().openapi({ example: 'hX2kV9sQ1mZ4bT7c' }),
  name: z.string().openapi({ example: 'Score board' }),
  prefix: z.string().openapi({ description: 'How the key begins', example: 'oxo_4fT9aQ2x' }),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
}
export const KeyView = z.object(fields).openapi('ApiKey')
export type KeyView = z.infer<typeof KeyView>
export const KeyList = z.object({ keys: z.array(KeyView) }).openapi('ApiKeys')

export const CreatedKey = z
  .object({
    ...fields,
    key: z.string().openapi({
      description: 'Shown this once: `Authorization: Bearer <key>`',
      example: 'oxo_4fT9aQ2x7Zr1Lw0uYc5Nn8Ks3Vb6Hd9Jg2Pe4Rt1Xi0',
    }),
  })
  .openapi('CreatedApiKey')

/** What servers ask about a key that they were shown. */
export const KeySelf = z
  .object({ keyId: z.string(), userId: z.string(), scopes: z.array(z.enum(SCOPES)) })
  .openapi('ApiKeySelf')

export const KeyIdParam = z.object({
  keyId: z.string().openapi({ param: { name: 'keyId', in: 'path' }, example: 'hX2kV9sQ1mZ4bT7c' }),
})
