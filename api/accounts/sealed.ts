import { timingSafeEqual } from 'node:crypto'
import type { AuthKeys, MacPurpose } from './keys.ts'

const SEALED = /^([A-Za-z0-9_-]{1,2048})\.([A-Za-z0-9_-]{43})$/

/** JSON that only we can have written: readable by whoever holds it, changed by nobody. */
export function seal(keys: AuthKeys, purpose: MacPurpose, value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${text}.${keys[0].mac(purpose, text).toString('base64url')}`
}

/** What was sealed for this purpose, by a key that is still in the file; null for everything else. */
export function unseal(keys: AuthKeys, purpose: MacPurpose, sealed: string): unknown {
  const [, text, given] = SEALED.exec(sealed) ?? []
  if (text === undefined || given === undefined) return null
  const mac = Buffer.from(given, 'base64url')
  const key = keys.find((one) => timingSafeEqual(one.mac(purpose, text), mac))
  return key === undefined ? null : JSON.parse(Buffer.from(text, 'base64url').toString())
}

/** A secret that belongs to what was sealed, the same whenever it is asked for, while its key is in the file. */
export function secretOf(keys: AuthKeys, purpose: MacPurpose, sealed: string, name: string): string {
  const given = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url')
  const text = sealed.slice(0, sealed.indexOf('.'))
  const key = keys.find((one) => timingSafeEqual(one.mac(purpose, text), given)) ?? keys[0]
  return key.mac(purpose, `${name} ${text}`).toString('base64url')
}
