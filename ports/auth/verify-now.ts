import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload } from 'jose'

/** What the claims must say; times in seconds since the Unix epoch. */
export interface Demands {
  readonly typ: string
  readonly issuer: string
  readonly audience: string
  readonly requiredClaims: readonly string[]
}

/**
 * The claims of a token that one of these keys signed with Ed25519 and that fit the demands, without waiting: so that a socket's upgrade
 * need not leave the library's callback. Null says nothing: the token may be good by a key that is not here yet. Expiry is the caller's.
 */
export function createVerifyNow(jwks: () => JSONWebKeySet | undefined, demands: Demands) {
  let keys = new Map<string, KeyObject>()
  let keysOf: JSONWebKeySet | undefined

  function keyOf(kid: string | undefined): KeyObject | undefined {
    const current = jwks()
    if (current !== keysOf) {
      keysOf = current
      keys = new Map()
      for (const jwk of current?.keys ?? []) {
        const isOurs = jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && jwk.kid !== undefined
        if (isOurs) keys.set(jwk.kid!, createPublicKey({ key: { ...jwk }, format: 'jwk' }))
      }
    }
    return kid === undefined ? undefined : keys.get(kid)
  }

  return (jwt: string): JWTPayload | null => {
    try {
      const { alg, typ, kid, crit } = decodeProtectedHeader(jwt)
      const key = keyOf(kid)
      if (alg !== 'EdDSA' || typ !== demands.typ || crit !== undefined || key === undefined) return null
      const [head, body, signature = ''] = jwt.split('.')
      if (!verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return null
      const claims = decodeJwt(jwt)
      const fits = claims.iss === demands.issuer && claims.aud === demands.audience && claims.nbf === undefined
      return fits && demands.requiredClaims.every((name) => claims[name] !== undefined) ? claims : null
    } catch {
      return null
    }
  }
}
