/** What a browser of another origin may ask and read; requests of our own page need none of it. */
const ALLOWED_METHODS = 'GET, POST, PUT, DELETE'
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, x-request-id'
const EXPOSED_HEADERS = [
  'x-request-id, location, retry-after, etag, www-authenticate, idempotency-replayed',
  'ratelimit-limit, ratelimit-remaining, ratelimit-reset, ratelimit-policy',
].join(', ')
/** How long a browser may remember a preflight, in s: browsers cap it at about this. */
const PREFLIGHT_MAX_AGE_S = 7_200

/** A browser's question before the request itself. */
export const isPreflight = (request: Request): boolean =>
  request.method === 'OPTIONS' && request.headers.has('origin') && request.headers.has('access-control-request-method')

export const preflightAnswer = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': ALLOWED_METHODS,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': String(PREFLIGHT_MAX_AGE_S),
    },
  })

/**
 * Lets pages of the listed origins read the answer. Every answer says that it depends on `Origin`, or a shared cache would give one
 * origin's answer to another. Credentials are never allowed: cookies are for our own page, others' tokens travel in `Authorization`.
 */
export function allowOrigin(request: Request, answer: Headers, allowed: ReadonlySet<string>): void {
  if (allowed.size === 0) return
  answer.append('vary', 'Origin')
  const origin = request.headers.get('origin')
  if (origin === null || !allowed.has(origin)) return
  answer.set('access-control-allow-origin', origin)
  answer.set('access-control-expose-headers', EXPOSED_HEADERS)
}
