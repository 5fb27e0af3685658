import type { Result } from '../kit/result.ts'
import { err, ok } from '../kit/result.ts'

/** What a signed-in player holds. `expiresAt`: ms since the Unix epoch; absent: unknown. */
export interface Tokens {
  readonly userId?: string
  readonly accessToken: string
  /** Absent: the access token cannot be renewed here. */
  readonly refreshToken?: string
  readonly expiresAt?: number
}

/** Where a page keeps tokens between visits. */
export interface TokenStore {
  load(): Tokens | null | Promise<Tokens | null>
  save(tokens: Tokens): void | Promise<void>
  /** Forgets them: the player logged out. */
  clear?(): void | Promise<void>
}

/** The part of `localStorage` that is needed. */
export interface StorageLike {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Keeps tokens in a page's storage. Whatever else is found under `key` counts as nothing; a storage that refuses is no error. */
export function storageTokens(storage: StorageLike, key = 'oxo.tokens'): TokenStore {
  const put = (text: string): void => {
    try {
      storage.setItem(key, text)
    } catch {
      // Private windows and full disks refuse: the tokens then last as long as the page.
    }
  }
  return {
    load() {
      try {
        const found = parseTokens(JSON.parse(storage.getItem(key) ?? 'null'))
        return found.ok ? found.value : null
      } catch {
        return null
      }
    },
    save: (tokens) => put(JSON.stringify(tokens)),
    clear: () => put('null'),
  }
}

/** Checks what storage or an endpoint gave; extra fields are dropped. */
export function parseTokens(raw: unknown): Result<Tokens, 'no_tokens'> {
  if (typeof raw !== 'object' || raw === null) return err('no_tokens')
  const { userId, accessToken, refreshToken, expiresAt } = raw as Record<string, unknown>
  if (typeof accessToken !== 'string' || accessToken === '') return err('no_tokens')
  return ok({
    accessToken,
    ...(typeof userId === 'string' ? { userId } : {}),
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    ...(typeof expiresAt === 'number' && Number.isFinite(expiresAt) ? { expiresAt } : {}),
  })
}
