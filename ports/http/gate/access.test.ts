import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../protocol/ids.ts'
import type { Identity } from '../../auth/identity.ts'
import { type Access, accessRefusal, type Caller, NOBODY } from './access.ts'

const identity: Identity = { userId: 'ana' as UserId, name: 'Ana', sessionId: 's', region: 'eu', expiresAtMs: 1e15 }
const user = (more: Partial<Identity> = {}): Caller => ({ type: 'user', identity: { ...identity, ...more } })
const CALLERS = {
  nobody: NOBODY,
  'a bad token': { type: 'anonymous', problem: 'invalid' },
  'an expired token': { type: 'anonymous', problem: 'expired' },
  'a token while keys are out of reach': { type: 'anonymous', problem: 'out_of_reach' },
  user: user(),
  'a user with a second factor': user({ amr: ['otp'] }),
  'an admin by password alone': user({ role: 'admin', amr: ['pwd'] }),
  admin: user({ role: 'admin', amr: ['otp'] }),
  'a key with the scope': { type: 'key', grant: { keyId: 'k', userId: identity.userId, scopes: ['stats:read'] } },
  'a key without it': { type: 'key', grant: { keyId: 'k', userId: identity.userId, scopes: ['games:read'] } },
} as const satisfies Record<string, Caller>

const [none, denied, unauthenticated, later] = [null, 'FORBIDDEN', 'UNAUTHENTICATED', 'UNAVAILABLE']
/** By access, in the order of CALLERS. */
const MATRIX: readonly (readonly [Access, readonly (string | null)[]])[] = [
  ['anonymous', [none, none, none, none, none, none, none, none, none, none]],
  ['signedIn', [unauthenticated, unauthenticated, unauthenticated, later, none, none, none, none, denied, denied]],
  [
    { scope: 'stats:read' },
    [unauthenticated, unauthenticated, unauthenticated, later, none, none, none, none, none, denied],
  ],
  ['admin', [unauthenticated, unauthenticated, unauthenticated, later, denied, denied, denied, none, denied, denied]],
]

describe.each(MATRIX)('a route for %j', (access, expected) => {
  test.each(Object.entries(CALLERS).map(([who, caller], index) => [who, expected[index]!, caller] as const))(
    '[gate] %s: %s',
    (_, code, caller) => {
      expect(accessRefusal(caller, access)?.code ?? null).toBe(code)
    },
  )
})
