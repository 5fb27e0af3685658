import { z } from '@hono/zod-openapi'
import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { REFRESH_COOKIES } from './cookies.ts'
import { REFRESH_TOKEN_LENGTH_MAX } from './tokens.ts'

const tags = ['accounts']
const refreshToken = z.string().min(1).max(REFRESH_TOKEN_LENGTH_MAX)
const cookie = z.enum(REFRESH_COOKIES).openapi({
  description:
    'For pages of this origin: the refresh token is kept in an HttpOnly cookie of this name instead of the body. Such requests need the header `x-requested-with`',
})

export const GuestBody = z.looseObject({ cookie: cookie.exclude(['account']).optional() }).openapi('GuestRequest')

/** One of them. */
export const RefreshBody = z
  .looseObject({ refreshToken: refreshToken.optional(), cookie: cookie.optional() })
  .refine((body) => (body.refreshToken === undefined) !== (body.cookie === undefined))
  .openapi('RefreshRequest')

export const LogoutBody = z
  .looseObject({
    all: z.boolean().optional().openapi({ description: 'Every session of the user, on every device' }),
    refreshToken: refreshToken.optional(),
    cookie: cookie.optional(),
  })
  .openapi('LogoutRequest')

export const LoginBody = z
  .looseObject({
    provider: z.string().max(32),
    idToken: z.string().min(1).max(8_192).openapi({ description: 'Identity token (JWT) of the provider' }),
    nonce: z.string().min(1).max(512).openapi({ description: 'Of /auth/nonce, and claim `nonce` of the token' }),
    refreshToken: refreshToken.optional().openapi({ description: 'Of a guest, who becomes the account' }),
  })
  .openapi('LoginRequest')

const SignedIn = z
  .object({
    userId: z.string().openapi({ example: 'kVqH3W1pT5aYk2b0dE8xQg' }),
    name: z.string().openapi({ example: 'Quiet Otter 42' }),
    accessToken: z.string().openapi({ description: 'JWT for `Authorization: Bearer`, the socket and AUTH' }),
    refreshToken: z
      .string()
      .optional()
      .openapi({ description: 'Good once, for /auth/refresh; absent when it is in a cookie' }),
    expiresIn: z.int().openapi({ description: 'Seconds until the access token ends', example: 900 }),
  })
  .openapi('SignedIn')
export type SignedIn = z.infer<typeof SignedIn>

const Nonce = z
  .object({ nonce: z.string(), expiresIn: z.int().openapi({ description: 'Seconds', example: 600 }) })
  .openapi('Nonce')
export type Nonce = z.infer<typeof Nonce>

const Providers = z
  .object({
    providers: z.array(
      z.object({ name: z.string().openapi({ example: 'example' }), title: z.string().openapi({ example: 'Example' }) }),
    ),
  })
  .openapi('Providers')
const Jwks = z.object({ keys: z.array(z.record(z.string(), z.string())) }).openapi('JsonWebKeySet')

const IDEMPOTENT = z.object({ 'idempotency-key': z.string().optional() })
const LED_ON = { description: 'On to `location`', headers: { location: { schema: { type: 'string' as const } } } }

export const guestRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/guest',
  operationId: 'signInAsGuest',
  tags,
  summary: 'Sign in as a new guest',
  request: { body: { required: false, ...jsonContent(GuestBody) } },
  responses: {
    201: { description: 'A new guest', ...jsonContent(SignedIn) },
    ...refusals('BAD_REQUEST', 'UNAVAILABLE'),
  },
}

export const refreshRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/refresh',
  operationId: 'refresh',
  tags,
  summary: 'Trade a refresh token for fresh tokens',
  description:
    'A refresh token is good once. An older one ends its session, because two parties hold its tokens. A request repeated with the same `Idempotency-Key` is answered with the same refresh token.',
  request: { headers: IDEMPOTENT, body: { required: true, ...jsonContent(RefreshBody) } },
  responses: {
    200: { description: 'The same user with fresh tokens', ...jsonContent(SignedIn) },
    ...refusals('BAD_REQUEST', 'UNAUTHENTICATED', 'UNAVAILABLE'),
  },
}

export const logoutRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/logout',
  operationId: 'logout',
  tags,
  summary: 'End a session, or all of its user',
  description:
    'The session is that of the refresh token (body or cookie), else of the access token in `Authorization`. Its tokens count no more and its sockets close (4401) within 5 s, on every server. Safe to repeat.',
  request: { body: { required: false, ...jsonContent(LogoutBody) } },
  responses: { 204: { description: 'Ended' }, ...refusals('BAD_REQUEST', 'UNAUTHENTICATED', 'UNAVAILABLE') },
}

export const nonceRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/nonce',
  operationId: 'issueNonce',
  tags,
  summary: 'A nonce for an identity token',
  responses: { 200: { description: 'To be asked for at the provider', ...jsonContent(Nonce) } },
}

export const loginRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/login',
  operationId: 'login',
  tags,
  summary: 'Sign in with an identity token of a provider',
  request: { body: { required: true, ...jsonContent(LoginBody) } },
  responses: {
    200: { description: 'The account of that person, new if need be', ...jsonContent(SignedIn) },
    ...refusals('BAD_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE'),
  },
}

export const beginLoginRoute: DocumentedRoute = {
  method: 'get',
  path: '/auth/login/{provider}',
  operationId: 'beginLogin',
  tags,
  summary: 'Lead the browser to a provider to sign in',
  description:
    'OpenID Connect, authorization code with PKCE. It comes back by /auth/callback, to `returnTo` with `signIn=done` or an error code.',
  request: {
    params: z.object({ provider: z.string() }),
    query: z.object({
      cookie: cookie.optional().openapi({ description: 'Where the guest is kept who becomes the account' }),
      returnTo: z.string().optional().openapi({ description: 'Path of this origin', example: '/?invite=7Q2M4K9X' }),
    }),
  },
  responses: { 303: LED_ON, ...refusals('NOT_FOUND', 'UNAVAILABLE') },
}

export const endLoginRoute: DocumentedRoute = {
  method: 'get',
  path: '/auth/callback',
  operationId: 'endLogin',
  tags,
  summary: 'Where providers lead the browser back to',
  request: {
    query: z.object({ code: z.string().optional(), state: z.string().optional(), error: z.string().optional() }),
  },
  responses: { 303: LED_ON, ...refusals('BAD_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE') },
}

export const providersRoute: DocumentedRoute = {
  method: 'get',
  path: '/auth/providers',
  operationId: 'listProviders',
  tags,
  summary: 'Providers that one can sign in with',
  responses: { 200: { description: 'In the order of their buttons', ...jsonContent(Providers) } },
}

export const jwksRoute: DocumentedRoute = {
  method: 'get',
  path: '/.well-known/jwks.json',
  operationId: 'readKeys',
  tags,
  summary: 'Public keys that verify access tokens',
  responses: { 200: { description: 'A JWK set', ...jsonContent(Jwks) } },
}
