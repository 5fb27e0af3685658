import type { Clock } from '../../kit/clock.ts'
import { errorResponse } from '../../ports/http/error-response.ts'
import { hopHeaders } from '../../ports/http/hop.ts'
import { REQUEST_ID_HEADER } from '../../ports/http/request-id.ts'
import { refusal } from '../../protocol/errors.ts'
import type { Mount } from './app.ts'

/** What the api processes serve, as a load balancer would send it there by path. */
export const API_PREFIXES = ['/auth', '/.well-known', '/users', '/leaderboard', '/keys', '/admin'] as const
const TIMEOUT_MS = 5_000
/** Of one hop only: they are not passed on. */
const HOP_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'content-length']

/** Sends the api's paths to `apiUrl`, and with the secret who the client is. Out of reach or too slow: UNAVAILABLE. */
export function forwardTo(apiUrl: string, forwardSecret: string | null, clock: Clock): Mount {
  return {
    prefixes: API_PREFIXES,
    ownGate: true,
    async fetch(request, { address }) {
      const { pathname, search } = new URL(request.url)
      const headers = new Headers(request.headers)
      // As what the browser knows us: cookies and places to come back to depend on it.
      headers.set('x-forwarded-host', headers.get('host') ?? '')
      for (const name of HOP_HEADERS) headers.delete(name)
      for (const [name, value] of Object.entries(hopHeaders(address, forwardSecret))) headers.set(name, value)
      const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.arrayBuffer()
      try {
        const signal = AbortSignal.timeout(TIMEOUT_MS)
        const target = new URL(pathname + search, apiUrl)
        const response = await fetch(target, { method: request.method, headers, body, signal, redirect: 'manual' })
        const answered = new Headers(response.headers)
        for (const name of [...HOP_HEADERS, 'content-encoding']) answered.delete(name)
        return new Response(response.body, { status: response.status, headers: answered })
      } catch {
        const why = refusal('UNAVAILABLE', 'the service is out of reach', { retryAfterMs: 1_000 })
        return errorResponse(why, headers.get(REQUEST_ID_HEADER) ?? '', clock.now())
      }
    },
  }
}
