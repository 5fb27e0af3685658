import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { err, ok, type Result } from '../../kit/result.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'

const JSON_TYPE = /^application\/json *(;|$)/i

/** The request's body, checked. The refusal names the first field that is wrong. Fields that the schema does not know are ignored. */
export async function readJson<S extends z.ZodType>(
  c: Pick<Context, 'req'>,
  schema: S,
): Promise<Result<z.output<S>, Refusal>> {
  if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    return err(refusal('BAD_REQUEST', 'the body must be JSON: content-type: application/json'))
  }
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await c.req.arrayBuffer()))
  } catch {
    return err(refusal('BAD_REQUEST', 'the body is not JSON'))
  }
  const checked = schema.safeParse(body)
  if (checked.success) return ok(checked.data)
  const issue = checked.error.issues[0]!
  const field = issue.path.join('.') || 'body'
  return err(refusal('BAD_REQUEST', `${field}: ${issue.message}`))
}
