import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Service } from '../service.ts'
import { readJson } from './read-json.ts'
import type { Refuse } from './refuse.ts'
import type { BaseEnv } from './types.ts'

/** A maintenance lasts no longer, in ms: whoever means an instant instead of a duration is told. */
const ETA_MS_MAX = 7 * 24 * 3_600_000
const PATH = '/admin/level'

export type LevelSwitch = Pick<Service, 'level' | 'operate' | 'operator'>

const SwitchSchema = z.object({
  level: z.enum(['full', 'limited', 'maintenance']),
  /** How long the maintenance is expected to last from now on, in ms. */
  etaMs: z.int().min(0).max(ETA_MS_MAX).optional(),
  /** For players. */
  message: z.string().min(1).max(200).optional(),
})

/** The operator's switch: `POST {level, etaMs?, message?}` sets it; both answer the level that holds now, and what is switched. */
export function serveLevel(app: OpenAPIHono<BaseEnv>, service: LevelSwitch, refuse: Refuse): void {
  const answer = (c: Context<BaseEnv>) => {
    const { level: switched, etaMs, message } = service.operator()
    return c.json({ level: service.level(), switched, etaMs, message })
  }
  app.get(PATH, answer)
  app.post(PATH, async (c) => {
    const body = await readJson(c, SwitchSchema)
    if (!body.ok) return refuse(c, body.error)
    const { level, etaMs = null, message = null } = body.value
    service.operate({ level, etaMs, message })
    return answer(c)
  })
}
