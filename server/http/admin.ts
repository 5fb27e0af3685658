import { asResponse } from '../../ports/http/answer.ts'
import { bare, createEnvelope } from '../../ports/http/gate/envelope.ts'
import { createBaseApp } from './base-app.ts'
import { type Health, serveHealth } from './health.ts'
import { type LevelSwitch, serveLevel } from './level-switch.ts'
import type { BaseEnv, HttpApp, HttpDeps } from './types.ts'

export interface AdminAppDeps extends HttpDeps {
  readonly health: () => Health
  readonly service: LevelSwitch
}

/** What operators and their tools ask, on a port of its own that players never reach. */
export function createAdminApp(deps: AdminAppDeps): HttpApp {
  const { metrics } = deps
  const { app, refuse } = createBaseApp<BaseEnv>(deps)
  metrics.watchProcess()
  serveHealth(app, deps.health)
  serveLevel(app, deps.service, refuse)
  app.get('/metrics', async (c) => c.body(await metrics.exposition(), 200, { 'content-type': metrics.contentType }))
  const envelope = createEnvelope(deps, [])
  return {
    fetch: async (request) =>
      asResponse(await envelope(request, async (requestId) => bare(await app.fetch(request, { requestId })))),
  }
}
