import type { Context } from 'hono'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import type { Identity } from '../auth/identity.ts'
import type { Metrics } from '../metrics.ts'

export interface Peer {
  /** As the socket sees it: a load balancer's own address when one stands in between. */
  readonly address: string
}

/** What every HTTP app of a server stands on. */
export interface HttpDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
}

/** What every request carries inside an app. */
export interface HttpEnv {
  Bindings: { readonly requestId: string; readonly peer: Peer }
  Variables: { readonly identity: Identity }
}

export type HttpContext = Context<HttpEnv>

/** `fetch` never rejects and always answers with a request id and security headers. */
export interface HttpApp {
  fetch(request: Request, peer: Peer): Promise<Response>
}
