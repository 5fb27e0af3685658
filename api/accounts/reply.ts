import type { Result } from '../../kit/result.ts'
import type { GateContext, Passage } from '../../ports/http/gate/passage.ts'
import { readJson } from '../../ports/http/json-body.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'

/** Answers one request behind the gate. What it throws is UNAVAILABLE to the caller. */
export type Handler = (request: Request, passage: Passage) => Promise<Response>

export const serving = (handle: Handler) => (c: GateContext) => handle(c.req.raw, c.env)

/** Tokens may be in it: not for any cache. */
export function reply(status: 200 | 201, value: unknown, cookies: readonly string[] = []): Response {
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(JSON.stringify(value), { status, headers })
}

export const done = (cookies: readonly string[] = []): Response =>
  new Response(null, { status: 204, headers: cookies.map((cookie): [string, string] => ['set-cookie', cookie]) })

/** Leads the browser on. */
export const leadTo = (url: URL, cookies: readonly string[]): Response =>
  new Response(null, {
    status: 303,
    headers: [
      ['location', url.href],
      ['cache-control', 'no-store'],
      ...cookies.map((cookie): [string, string] => ['set-cookie', cookie]),
    ],
  })

/** A schema, as far as it is needed. */
interface Shape<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false }
}

/** The body of a request by its shape; none is `{}`. `why` says what is wrong with any other. */
export async function readBody<T>(request: Request, shape: Shape<T>, why: string): Promise<Result<T, Refusal>> {
  const body = await readJson(request)
  if (!body.ok) return body
  const parsed = shape.safeParse(body.value ?? {})
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, error: refusal('BAD_REQUEST', why) }
}
