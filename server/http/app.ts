import { createGate, type GateDeps } from '../../ports/http/gate/gate.ts'
import type { Passage } from '../../ports/http/gate/passage.ts'
import { DATA_POLICY } from '../../ports/http/security-headers.ts'
import { createBaseApp } from './base-app.ts'
import { docsFiles } from './docs-page.ts'
import { type GamesDeps, serveGames } from './games.ts'
import { type Health, serveHealth } from './health.ts'
import { mergeOpenApi, type OpenApiDocument, openApiOf } from './openapi.ts'
import { answerFile, type StaticFile, type StaticFiles, staticFile } from './static-files.ts'
import type { HttpApp, HttpContext, HttpDeps, HttpEnv } from './types.ts'

/** Another app under some paths of this origin: accounts in this process, or a process behind API_URL. */
export interface Mount {
  /** `/auth` serves `/auth` and everything below. */
  readonly prefixes: readonly string[]
  /** Has a gate of its own, that knows the client from what is forwarded: ours neither counts its requests nor looks at their tokens. */
  readonly ownGate?: boolean
  /** The request carries its id in `x-request-id`. */
  fetch(request: Request, passage: Passage): Response | Promise<Response>
  readonly openapi?: OpenApiDocument
}

export interface HttpAppDeps extends HttpDeps, GamesDeps, Omit<GateDeps, 'isExempt' | 'refused'> {
  readonly health: () => Health
  readonly version: string
  /** The built page, see `loadStaticFiles`. */
  readonly web: StaticFiles
  readonly mounts: readonly Mount[]
}

/** Everything that a server answers over HTTP on its public port. */
export function createHttpApp(deps: HttpAppDeps): HttpApp {
  const { app, refuse } = createBaseApp<HttpEnv>(deps)
  serveGames(app, deps, refuse)
  serveHealth(app, deps.health)
  for (const mount of deps.mounts) {
    for (const prefix of mount.prefixes) {
      app.all(`${prefix}/*`, async (c) => {
        const response = await mount.fetch(c.req.raw, c.env)
        // A copy: headers of an answer that came over the network cannot be added to.
        return new Response(response.body, response)
      })
    }
  }

  const documents = deps.mounts.flatMap((mount) => mount.openapi ?? [])
  const openapi = JSON.stringify(mergeOpenApi(openApiOf(app, deps.version), ...documents))
  const documentFile = staticFile('openapi.json', new TextEncoder().encode(openapi), DATA_POLICY)
  const files: StaticFiles = new Map<string, StaticFile>([...deps.web, ...docsFiles(), ['/openapi.json', documentFile]])
  const serveFile = (c: HttpContext) => {
    const file = files.get(c.req.path)
    return file === undefined ? c.notFound() : answerFile(file, c.req.header('if-none-match'))
  }
  app.get('/assets/*', serveFile)
  for (const path of files.keys()) if (!path.startsWith('/assets/')) app.get(path, serveFile)

  const forwarded = deps.mounts.filter(({ ownGate }) => ownGate).flatMap(({ prefixes }) => prefixes)
  const gate = createGate({
    ...deps,
    isExempt: (path) =>
      path === '/health' ||
      files.has(path) ||
      path.startsWith('/.well-known/') ||
      forwarded.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)),
    refused: (code) => {
      deps.metrics.refusals[code] += 1
    },
  })
  return { fetch: (request, peer) => gate.handle(request, peer, (passed, passage) => app.fetch(passed, passage)) }
}
