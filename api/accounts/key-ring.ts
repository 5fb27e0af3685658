import { readFile } from 'node:fs/promises'
import type { JSONWebKeySet } from 'jose'
import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { Audit } from '../../ports/audit.ts'
import { type AuthKeys, parseKeys, publicJwks } from './keys.ts'
import { openKeysFile } from './keys-file.ts'

/** Between two looks at the file, ms. */
const LOOK_EVERY_MS = 5_000

/** The keys as the file has them now: they can be replaced without a restart. */
export interface KeyRing {
  readonly keys: () => AuthKeys
  /** The same object until the keys change. */
  readonly jwks: () => JSONWebKeySet
  /** Looks at the file now. */
  refresh(): Promise<void>
  close(): void
}

/** A file that is damaged or gone later on changes nothing: the keys of before go on, with an error in the log. */
export async function openKeyRing(
  path: string,
  { clock, log, audit }: { readonly clock: Clock; readonly log: Log; readonly audit: Audit },
): Promise<Result<KeyRing, string>> {
  const opened = await openKeysFile(path)
  if (!opened.ok) return opened
  let keys = opened.value
  let jwks = publicJwks(keys)
  let lastText = await readFile(path, 'utf8').catch(() => '')

  async function refresh(): Promise<void> {
    const text = await readFile(path, 'utf8').catch((error: Error) => `unreadable: ${error.message}`)
    if (text === lastText) return
    lastText = text
    const parsed = await parseKeys(text)
    if (!parsed.ok) {
      log.error('auth_keys_not_replaced', { path, why: parsed.error })
      return
    }
    const rotated = parsed.value[0].kid !== keys[0].kid
    keys = parsed.value
    jwks = publicJwks(keys)
    log.info('auth_keys_read', { signing: keys[0].kid, keys: keys.length })
    if (rotated) audit('signing_key_rotated', { outcome: 'done', requestId: null, target: keys[0].kid })
  }

  const cancel: CancelTimer = every(clock, LOOK_EVERY_MS, () => void refresh())
  return ok({ keys: () => keys, jwks: () => jwks, refresh, close: cancel })
}

/** Keys that never change. */
export function fixedKeyRing(keys: AuthKeys): KeyRing {
  const jwks = publicJwks(keys)
  return { keys: () => keys, jwks: () => jwks, refresh: async () => {}, close() {} }
}
