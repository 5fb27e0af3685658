import { type Refusal, refusal } from '../../../protocol/errors.ts'

/** A page that sends a cookie of ours sets this header, to any value: other sites' forms cannot, and their scripts would need a preflight that we refuse. */
export const CSRF_HEADER = 'x-requested-with'
/** Every cookie of ours begins so, after the prefixes that browsers know. */
export const COOKIE_PREFIX = 'oxo_'

const OUR_COOKIE = new RegExp(`(^|;)\\s*(__Host-|__Secure-)?${COOKIE_PREFIX}`)
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site could have made a browser send: a changing request that carries a cookie of ours must come from our own page,
 * as far as the browser says (`Sec-Fetch-Site`, `Origin`), and with the header. Null: may pass. Requests without our cookies are not asked.
 */
export function csrfRefusal({ method, headers }: Pick<Request, 'method' | 'headers'>): Refusal | null {
  if (SAFE_METHODS.has(method)) return null
  const cookie = headers.get('cookie')
  if (cookie === null || !OUR_COOKIE.test(cookie)) return null
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return CROSS_SITE
  const origin = headers.get('origin')
  // A page of another site can set neither: the one is the browser's, the other needs a preflight.
  const host = headers.get('x-forwarded-host') ?? headers.get('host')
  if (origin !== null && !isOwn(origin, host)) return CROSS_SITE
  return headers.has(CSRF_HEADER) ? null : NO_HEADER
}

/** Cookies are for the page that this host serves: origins of the CORS list never send them. */
const isOwn = (origin: string, host: string | null): boolean => URL.canParse(origin) && new URL(origin).host === host

const CROSS_SITE = refusal('FORBIDDEN', 'this request came from another site')
const NO_HEADER = refusal('FORBIDDEN', `requests with a cookie need the header ${CSRF_HEADER}`)
