import { OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { type ApiKey, type ApiKeyStore, KEYS_MAX } from '../../ports/api-key-store.ts'
import { challenge } from '../../ports/http/gate/access.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import { API_KEY_PREFIX, secretHash } from '../../ports/http/gate/keys.ts'
import { type GateEnv, identityOf } from '../../ports/http/gate/passage.ts'
import { refusal } from '../../protocol/errors.ts'
import { readBody } from '../read-body.ts'
import { createKeyRoute, keySelfRoute, listKeysRoute, removeKeyRoute } from './routes.ts'
import { type KeyView, NewKey } from './schemas.ts'

export interface KeysDeps {
  readonly keys: ApiKeyStore
  readonly clock: Clock
  readonly random: Random
}

const SECRET_BYTES = 32
const KEY_ID_BYTES = 12
/** Of the secret; the other 35 characters keep 210 bits to themselves. */
const SHOWN_CHARACTERS = 8
const DAY_MS = 24 * 3_600_000

const TOO_MANY = refusal('FORBIDDEN', `at most ${KEYS_MAX} keys: remove one first`)
const NO_SUCH_KEY = refusal('NOT_FOUND', 'no such key')
const NO_KEY = refusal('UNAUTHENTICATED', 'an API key is needed: Authorization: Bearer oxo_...')

/** The keys service: partners' programs call with keys of their own. */
export function createKeys({ keys, clock, random }: KeysDeps): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  gated(app, 'signedIn', createKeyRoute, async (c) => {
    const body = await readBody(c.req.raw, NewKey)
    if (!body.ok) return c.env.refuse(body.error)
    const { name, scopes, expiresInDays } = body.value
    const nowMs = clock.now()
    const secret = `${API_KEY_PREFIX}${base64url(random.bytes(SECRET_BYTES))}`
    const key: ApiKey = {
      keyId: base64url(random.bytes(KEY_ID_BYTES)),
      userId: identityOf(c).userId,
      name,
      prefix: secret.slice(0, API_KEY_PREFIX.length + SHOWN_CHARACTERS),
      scopes,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + expiresInDays * DAY_MS,
    }
    if (!(await keys.add(key, secretHash(secret), nowMs))) return c.env.refuse(TOO_MANY)
    c.env.audit('api_key_created', { outcome: 'done', target: key.keyId, how: scopes.join(' ') })
    return c.json({ ...viewOf(key), key: secret }, 201)
  })

  gated(app, 'signedIn', listKeysRoute, async (c) =>
    c.json({ keys: (await keys.list(identityOf(c).userId)).map(viewOf) }),
  )

  gated(app, 'anonymous', keySelfRoute, (c) => {
    const { caller } = c.env
    if (caller.type === 'key') return c.json(caller.grant)
    const problem = caller.type === 'anonymous' ? caller.problem : null
    return c.env.refuse(NO_KEY, { 'www-authenticate': challenge(problem) })
  })

  gated(app, 'signedIn', removeKeyRoute, async (c) => {
    const keyId = c.req.param('keyId')!
    if (!(await keys.remove(identityOf(c).userId, keyId))) return c.env.refuse(NO_SUCH_KEY)
    c.env.audit('api_key_revoked', { outcome: 'done', target: keyId })
    return c.body(null, 204)
  })

  return { app }
}

const viewOf = ({ keyId, name, prefix, scopes, createdAtMs, expiresAtMs }: ApiKey): KeyView => ({
  keyId,
  name,
  prefix,
  scopes: [...scopes],
  createdAt: new Date(createdAtMs).toISOString(),
  expiresAt: new Date(expiresAtMs).toISOString(),
})

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
