import { Secret, TOTP } from 'otpauth'
import type { Random } from '../../kit/random.ts'

const STEP_SECONDS = 30
const STEP_MS = STEP_SECONDS * 1_000
const DIGITS = 6
/** Without it the library throws at other scripts' digits. */
export const CODE = /^[0-9]{6}$/
/** Steps that a device's clock may be off, either way. */
const STEPS_OFF_MAX = 1
/** As RFC 4226 recommends. */
const SECRET_BYTES = 20

export const newSecret = (random: Random): string =>
  new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_BYTES)).buffer }).base32

/** What an authenticator app reads, as a link or from a QR code. */
export const otpauthUri = (secret: string, label: string): string => totp(secret, label).toString()

/** The time step whose code this is, near enough to now; null: it is none. Whether it was used before is the store's to say. */
export function stepOfCode(secret: string, code: string, nowMs: number): number | null {
  if (!CODE.test(code)) return null
  const delta = totp(secret, '').validate({ token: code, timestamp: nowMs, window: STEPS_OFF_MAX })
  return delta === null ? null : Math.floor(nowMs / STEP_MS) + delta
}

/** The code of a moment: what an authenticator app would show. */
export const codeAt = (secret: string, nowMs: number): string => totp(secret, '').generate({ timestamp: nowMs })

/** SHA-1: the one hash that every authenticator app knows, and sound in an HMAC. */
const totp = (secret: string, label: string): TOTP =>
  new TOTP({
    ...{ issuer: 'Oxo', label, algorithm: 'SHA1', digits: DIGITS, period: STEP_SECONDS },
    secret: Secret.fromBase32(secret),
  })
