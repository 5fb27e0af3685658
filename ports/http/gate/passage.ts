import type { Context } from 'hono'
import { assert } from '../../../kit/assert.ts'
import type { Refusal } from '../../../protocol/errors.ts'
import type { AuditEntry, AuditEvent } from '../../audit.ts'
import type { Identity } from '../../auth/identity.ts'
import type { Caller } from './access.ts'

/** What the gate found out about a request, and hands to whoever answers it. */
export interface Passage {
  readonly requestId: string
  /** The client's own address, as far as proxies are trusted. */
  readonly address: string
  readonly caller: Caller
  /** The refusal as an answer, counted. */
  refuse(why: Refusal, headers?: Readonly<Record<string, string>>): Response
  /** Writes a security event of this request: caller, address and request id are filled in. */
  audit(event: AuditEvent, entry: Pick<AuditEntry, 'outcome'> & Partial<AuditEntry>): void
}

/** The environment of every hono app behind the gate: `c.env.caller`, `c.env.refuse(...)`. */
export interface GateEnv {
  Bindings: Passage
}
export type GateContext = Context<GateEnv>

/** The signed-in user of a route whose access excludes everybody else. */
export function identityOf(c: GateContext): Identity {
  const { caller } = c.env
  assert(caller.type === 'user', 'the route lets only users in')
  return caller.identity
}
