import { createBaseApp } from './base-app.ts'
import { docsFiles } from './docs-page.ts'
import { withEnvelope } from './envelope.ts'
import { type GamesDeps, serveGames } from './games.ts'
import { type Health, serveHealth } from './health.ts'
import { mergeOpenApi, type OpenApiDocument, openApiOf } from './openapi.ts'
import { DATA_POLICY } from './security-headers.ts'
import { answerFile, type StaticFile, type StaticFiles, staticFile } from './static-files.ts'
import type { HttpApp, HttpContext, HttpDeps, Peer } from './types.ts'

/** Another app under some paths of this origin: accounts in this process, or a process behind API_URL. */
export interface Mount {
  /** `/auth` serves `/auth` and everything below. */
  readonly prefixes: readonly string[]
  /** The request carries its id in `x-request-id`. */
  fetch(request: Request, peer: Peer): Response | Promise<Response>
  readonly openapi?: OpenApiDocument
}

export interface HttpAppDeps extends HttpDeps, GamesDeps {
  readonly health: () => Health
  readonly version: string
  /** Origins whose pages may call us, besides our own. */
  readonly allowedOrigins: readonly string[]
  /** The built page, see `loadStaticFiles`. */
  readonly web: StaticFiles
  readonly mounts: readonly Mount[]
}

/** Everything that a server answers over HTTP on its public port. */
export function createHttpApp(deps: HttpAppDeps): HttpApp {
  const { app, refuse } = createBaseApp(deps)
  serveGames(app, deps, refuse)
  serveHealth(app, deps.health)
  for (const mount of deps.mounts) {
    for (const prefix of mount.prefixes) {
      app.all(`${prefix}/*`, async (c) => {
        const response = await mount.fetch(c.req.raw, c.env.peer)
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

  return withEnvelope((request, env) => app.fetch(request, env), deps, deps.allowedOrigins)
}
