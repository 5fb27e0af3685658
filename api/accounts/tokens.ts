import { timingSafeEqual } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Session } from '../../ports/session-store.ts'
import type { AuthKey, AuthKeys } from './keys.ts'

/** How long an access token is good. The end of its session must be told to every server, so it is short. */
export const ACCESS_TOKEN_SECONDS = 15 * 60
export const AUDIENCE = 'oxo'

/** A JWT that any server can verify alone: who plays, from which session and region, with what rights. */
export function accessToken(key: AuthKey, issuer: string, session: Session, nowMs: number): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1_000)
  const { userId, name, id: sid, region, role, amr } = session
  const claims = {
    iss: issuer,
    aud: AUDIENCE,
    sub: userId,
    name,
    sid,
    region,
    // What most sessions have nothing to say about is left out: the token travels with every request.
    ...(role !== 'player' && { role }),
    ...(amr.length > 0 && { amr }),
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid }).sign(key.privateKey)
}

/** The last of the 43 characters carries 4 bits: its other spellings are no token of ours. */
const REFRESH_TOKEN = /^([A-Za-z0-9_-]{1,64})\.(0|[1-9]\d{0,14})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/
export const REFRESH_TOKEN_LENGTH_MAX = 64 + 1 + 15 + 1 + 43

/**
 * `session.generation.mac`: the same session and generation give the same token, so nothing of it is stored, and a token with a good
 * MAC that is not the current one was shown before.
 */
export function refreshToken(key: AuthKey, { id, generation }: Pick<Session, 'id' | 'generation'>): string {
  const message = `${id}.${generation}`
  return `${message}.${key.mac('refresh token', message).toString('base64url')}`
}

/** What a refresh token of ours stands for; null for everything else. */
export function readRefreshToken(keys: AuthKeys, token: string): Pick<Session, 'id' | 'generation'> | null {
  const [, id, generation, given] = REFRESH_TOKEN.exec(token) ?? []
  if (id === undefined || generation === undefined || given === undefined) return null
  const mac = Buffer.from(given, 'base64url')
  const genuine = keys.some((key) => timingSafeEqual(key.mac('refresh token', `${id}.${generation}`), mac))
  return genuine ? { id, generation: Number(generation) } : null
}
