import { createRoute, z } from '@hono/zod-openapi'
import { ErrorSchema } from '../../ports/http/error-schema.ts'
import { REFRESH_TOKEN_LENGTH_MAX } from './tokens.ts'

export const GuestBody = z.looseObject({}).openapi('GuestRequest')

export const RefreshBody = z
  .looseObject({ refreshToken: z.string().min(1).max(REFRESH_TOKEN_LENGTH_MAX) })
  .openapi('RefreshRequest')

const SignedIn = z
  .object({
    userId: z.string().openapi({ example: 'kVqH3W1pT5aYk2b0dE8xQg' }),
    name: z.string().openapi({ example: 'Quiet Otter 42' }),
    accessToken: z.string().openapi({ description: 'JWT for `Authorization: Bearer`, the socket and AUTH' }),
    refreshToken: z.string().openapi({ description: 'Good once, for /auth/refresh' }),
    expiresIn: z.int().openapi({ description: 'Seconds until the access token ends', example: 900 }),
  })
  .openapi('SignedIn')
export type SignedIn = z.infer<typeof SignedIn>

const Jwks = z.object({ keys: z.array(z.record(z.string(), z.string())) }).openapi('JsonWebKeySet')

const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
})

export const guestRoute = createRoute({
  method: 'post',
  path: '/auth/guest',
  tags: ['accounts'],
  summary: 'Sign in as a new guest',
  request: { body: { ...json('Empty, or an object', GuestBody), required: false } },
  responses: {
    201: json('A new guest', SignedIn),
    400: json('BAD_REQUEST', ErrorSchema),
    503: json('UNAVAILABLE', ErrorSchema),
  },
})

export const refreshRoute = createRoute({
  method: 'post',
  path: '/auth/refresh',
  tags: ['accounts'],
  summary: 'Trade a refresh token for fresh tokens',
  description:
    'A refresh token is good once. An older one ends its session, because two parties hold its tokens. A request repeated with the same `Idempotency-Key` is answered with the same refresh token.',
  request: {
    headers: z.object({ 'idempotency-key': z.string().optional() }),
    body: { ...json('The refresh token of the last answer', RefreshBody), required: true },
  },
  responses: {
    200: json('The same guest with fresh tokens', SignedIn),
    400: json('BAD_REQUEST', ErrorSchema),
    401: json('UNAUTHENTICATED: sign in again', ErrorSchema),
    503: json('UNAVAILABLE', ErrorSchema),
  },
})

export const jwksRoute = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  tags: ['accounts'],
  summary: 'Public keys that verify access tokens',
  responses: { 200: json('A JWK set', Jwks) },
})
