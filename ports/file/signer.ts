import { readFile, stat } from 'node:fs/promises'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { newKeysText } from '../private-jwks.ts'
import { parseRecordKeys, type RecordKeys, signWith } from '../record-keys.ts'
import type { Signer } from '../signer.ts'
import { readOrCreate } from './read-or-create.ts'

/** The file is looked at so often while it is used. */
export const KEYS_LOOK_MS = 5_000

/**
 * Keys of a file, made with one fresh key when absent. Put a new key before the others and it signs within `KEYS_LOOK_MS`, without a restart;
 * keep the old ones there as long as their records shall verify. A file that became unreadable is warned of, and the keys read before go on.
 * The error is one line for the operator.
 */
export async function openFileSigner(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Result<Signer, string>> {
  let keys: RecordKeys
  let seen: string
  let lookedAtMs = clock.monotonic()
  let looking: Promise<void> | null = null
  try {
    const read = parseRecordKeys(await readOrCreate(path, newKeysText))
    if (!read.ok) return err(`record keys file ${path}: ${read.error}`)
    keys = read.value
    seen = await signOf(path)
  } catch (error) {
    return err(`record keys file ${path}: ${(error as Error).message}`)
  }

  async function look(): Promise<void> {
    lookedAtMs = clock.monotonic()
    let why: string
    try {
      const sign = await signOf(path)
      if (sign === seen) return
      const read = parseRecordKeys(await readFile(path, 'utf8'))
      if (read.ok) {
        keys = read.value
        seen = sign
        log.info('record_keys_read', { keyIds: keys.map(({ published }) => published.kid) })
        return
      }
      why = read.error
    } catch (error) {
      why = (error as Error).message
    }
    log.warn('record_keys_unreadable', { path, why })
  }

  async function current(): Promise<RecordKeys> {
    if (looking === null && clock.monotonic() - lookedAtMs >= KEYS_LOOK_MS) {
      looking = look().finally(() => {
        looking = null
      })
    }
    await looking
    return keys
  }

  return ok({
    sign: async (bytes) => signWith(await current(), bytes),
    publicKeys: async () => (await current()).map(({ published }) => published),
  })
}

/** Changes when the file is written or replaced. */
async function signOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path)
  return `${ino} ${mtimeMs} ${size}`
}
