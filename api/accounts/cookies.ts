/** Cookies that a page may keep a refresh token in: one for the account of the browser, and one for the guest of each window. */
export const REFRESH_COOKIES = ['account', '0', '1', '2', '3', '4', '5', '6', '7'] as const
export type RefreshCookie = (typeof REFRESH_COOKIES)[number]

/** The origin that the player's browser sees, as far as cookies and addresses need it. */
export interface PublicOrigin {
  readonly origin: string
  readonly secure: boolean
}

/** `publicUrl` null: the one that the request was sent to, good for a machine of one's own. */
export function publicOriginOf(headers: Headers, publicUrl: string | null): PublicOrigin {
  if (publicUrl !== null) return { origin: new URL(publicUrl).origin, secure: publicUrl.startsWith('https:') }
  const host = headers.get('x-forwarded-host') ?? headers.get('host') ?? 'localhost'
  const secure = headers.get('x-forwarded-proto') === 'https'
  return { origin: `http${secure ? 's' : ''}://${host}`, secure }
}

/** `Strict`: never with a request from another site. `Lax`: also when another site leads the browser here, as a provider does. */
export interface CookieShape {
  readonly name: string
  readonly sameSite: 'Strict' | 'Lax'
  readonly maxAgeSeconds: number
}

export const refreshCookie = (which: RefreshCookie, maxAgeSeconds: number): CookieShape => ({
  name: `oxo_refresh_${which}`,
  sameSite: 'Strict',
  maxAgeSeconds,
})

/** Value of `set-cookie`. Scripts never see it, and it is sent under `/auth` alone. */
export function setCookie({ name, sameSite, maxAgeSeconds }: CookieShape, value: string, secure: boolean): string {
  const parts = [`${prefixed(name, secure)}=${value}`, 'Path=/auth', `Max-Age=${maxAgeSeconds}`, 'HttpOnly']
  return [...parts, `SameSite=${sameSite}`, ...(secure ? ['Secure'] : [])].join('; ')
}

export const clearCookie = (shape: CookieShape, secure: boolean): string =>
  setCookie({ ...shape, maxAgeSeconds: 0 }, '', secure)

export function readCookie(headers: Headers, { name }: Pick<CookieShape, 'name'>, secure: boolean): string | null {
  const wanted = `${prefixed(name, secure)}=`
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const pair = part.trim()
    if (pair.startsWith(wanted)) return pair.slice(wanted.length)
  }
  return null
}

/** The prefix makes browsers refuse the cookie from anything but HTTPS. */
const prefixed = (name: string, secure: boolean): string => (secure ? `__Secure-${name}` : name)
