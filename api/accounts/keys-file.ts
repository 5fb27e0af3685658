import { err, type Result } from '../../kit/result.ts'
import { readOrCreate } from '../../ports/file/read-or-create.ts'
import { newKeysText } from '../../ports/private-jwks.ts'
import { type AuthKeys, parseKeys } from './keys.ts'

/** Reads the private keys, or makes a file with one fresh key (mode 0600) when there is none. The error is one line for the operator. */
export async function openKeysFile(path: string): Promise<Result<AuthKeys, string>> {
  try {
    const keys = await parseKeys(await readOrCreate(path, newKeysText))
    return keys.ok ? keys : err(`auth keys file ${path}: ${keys.error}`)
  } catch (error) {
    return err(`auth keys file ${path}: ${(error as Error).message}`)
  }
}
