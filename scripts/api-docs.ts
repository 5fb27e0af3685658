import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiApp } from '../api/api.ts'
import { everyService, testStores } from '../api/test-services.ts'
import { version } from '../kit/version.ts'
import type { OpenApiDocument } from '../server/http/openapi.ts'
import { startTestApp } from '../server/http/test-app.ts'
import { restTypes } from './rest-types.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * What is generated from the schemas that validate, by its path: the OpenAPI document of each service, asked of the services themselves on
 * stores in memory, and the types of the REST client.
 */
export async function apiDocs(): Promise<ReadonlyMap<string, string>> {
  const stores = testStores()
  const { services } = await everyService(stores)
  const documents = Object.entries(services).map(([name, service]) => {
    const app = apiApp({ [name]: service }, stores)
    const info = { title: `Oxo: ${name}`, version }
    return [name, app.getOpenAPI31Document({ openapi: '3.1.0', info }) as OpenApiDocument] as const
  })
  documents.push(['games', await gamesDocument()])
  const files = documents.map(([name, document]) => [`docs/api/${name}.json`, text(document)] as const)
  const types = await restTypes(documents.map(([, document]) => document))
  return new Map([...files, ['client/rest-types.d.ts', types]])
}

async function gamesDocument(): Promise<OpenApiDocument> {
  const { request, server } = await startTestApp({ version })
  try {
    return (await (await request('GET', '/openapi.json')).json()) as OpenApiDocument
  } finally {
    await server.drain('draining')
  }
}

const text = (document: object): string => `${JSON.stringify(document, null, 1)}\n`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(ROOT, 'docs/api'), { recursive: true })
  for (const [path, content] of await apiDocs()) writeFileSync(join(ROOT, path), content)
}
