import type { z } from '@hono/zod-openapi'
import { err, ok, type Result } from '../kit/result.ts'
import { readJson } from '../ports/http/json-body.ts'
import { type Refusal, refusal } from '../protocol/errors.ts'

/** The body of a request, checked. The refusal names the first field that is wrong. */
export async function readBody<S extends z.ZodType>(
  request: Request,
  schema: S,
): Promise<Result<z.output<S>, Refusal>> {
  const body = await readJson(request)
  if (!body.ok) return body
  const checked = schema.safeParse(body.value)
  if (checked.success) return ok(checked.data)
  const { path, message } = checked.error.issues[0]!
  return err(refusal('BAD_REQUEST', `${path.join('.') || 'body'}: ${message}`))
}
