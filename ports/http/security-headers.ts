import type { HeaderLines } from './answer.ts'

/** For answers that are data: nothing of them may be shown as a page. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** The page: everything from this origin, nothing inline, framed by nobody. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What every answer says that says nothing else. */
export const SECURITY_HEADERS: HeaderLines = [
  ['content-security-policy', DATA_POLICY],
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  // An invite link must not leak its code to other sites.
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
]
