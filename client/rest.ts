import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './rest-types.d.ts'

/** Typed calls of every REST path: `rest.GET('/users/{userId}', { params: { path: { userId } } })` answers `{ data }` or `{ error }`. */
export type Rest = Client<paths>

export interface RestOptions {
  /** Of the platform, without a slash at its end. */
  readonly origin: string
  /** Asked before each call; absent: as nobody. */
  readonly accessToken?: () => Promise<string>
  /** Absent: the host's own. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** The types come out of the services' own documents: a call that a service would not understand does not compile. */
export function createRest({ origin, accessToken, fetch }: RestOptions): Rest {
  const rest = createClient<paths>({ baseUrl: origin, ...(fetch !== undefined && { fetch }) })
  if (accessToken !== undefined) {
    rest.use({
      async onRequest({ request }) {
        request.headers.set('authorization', `Bearer ${await accessToken()}`)
        return request
      },
    })
  }
  return rest
}
