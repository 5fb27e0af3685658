import type { Context } from 'hono'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import type { Peer } from '../../ports/http/gate/gate.ts'
import type { GateEnv } from '../../ports/http/gate/passage.ts'
import type { Metrics } from '../metrics.ts'

/** What every HTTP app of a server stands on. */
export interface HttpDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
}

/** What every request carries inside an app, of players or of operators. */
export interface BaseEnv {
  Bindings: { readonly requestId: string }
}

/** What a request carries that came through the gate. */
export type HttpEnv = GateEnv
export type HttpContext = Context<HttpEnv>

/** `fetch` never rejects and always answers with a request id and security headers. */
export interface HttpApp {
  fetch(request: Request, peer: Peer): Promise<Response>
}
