/** A provider that one can sign in with. */
export interface Provider {
  readonly name: string
  /** For its button. */
  readonly title: string
}

/** None when they cannot be had: one then plays as a guest. */
export async function loadProviders(ask: (path: string) => Promise<Response>): Promise<readonly Provider[]> {
  try {
    const response = await ask('/auth/providers')
    const answer = response.ok ? ((await response.json()) as { readonly providers?: unknown }) : null
    return Array.isArray(answer?.providers) ? answer.providers.filter(isProvider) : []
  } catch {
    return []
  }
}

function isProvider(value: unknown): value is Provider {
  if (typeof value !== 'object' || value === null) return false
  const { name, title } = value as Record<string, unknown>
  return typeof name === 'string' && typeof title === 'string'
}

/** Where the browser goes to sign in; it comes back to `returnTo`. The guest of `cookie` becomes the account. */
export const signInAddress = (provider: string, cookie: string, returnTo: string): string =>
  `/auth/login/${encodeURIComponent(provider)}?${new URLSearchParams({ cookie, returnTo })}`

/** How a sign-in went, as the address says when the browser comes back: `done`, or a code of PROTOCOL.md. */
export const SIGN_IN_OUTCOME = 'signIn'

/** What to tell the player about it; null: nothing. */
export function signInNotice(outcome: string | null): string | null {
  switch (outcome) {
    case null:
    case 'done':
      return null
    case 'FORBIDDEN':
      return 'This account is closed.'
    case 'UNAVAILABLE':
      return 'Signing in is not possible right now. Try again later; guests can play.'
    default:
      return 'You were not signed in. Try again, or play as a guest.'
  }
}
