import type { OpenAPIHono } from '@hono/zod-openapi'
import { assert } from '../../kit/assert.ts'
import { describeAccessToken } from '../../ports/http/security-schemes.ts'
import type { HttpEnv } from './types.ts'

type ByName = Readonly<Record<string, unknown>>

/** As much of an OpenAPI 3.1 document as joining two needs. */
export interface OpenApiDocument {
  readonly paths?: object | undefined
  /** By kind (`schemas`, `securitySchemes`, ...), then by name. */
  readonly components?: object | undefined
  readonly tags?: readonly { readonly name: string }[] | undefined
}

/** This app's own routes as OpenAPI 3.1. */
export function openApiOf(app: OpenAPIHono<HttpEnv>, version: string): OpenApiDocument {
  describeAccessToken(app)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Oxo',
      version,
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
      description:
        'Tic-tac-toe on authoritative servers. Live play is the WebSocket at `/v1/play`: see PROTOCOL.md. Every answer names its request in `x-request-id`; ' +
        'every refusal has one shape and a code that says what to do next. Unknown paths and unknown methods are `NOT_FOUND`.',
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      { name: 'games', description: 'Play and read games' },
      { name: 'operations', description: 'For load balancers and operators' },
    ],
  })
}

/**
 * Joins the documents of mounted apps into the first. A component that several name alike and describe differently keeps its name
 * in the first and gets the name and a number in the others. A path belongs to one document.
 */
export function mergeOpenApi(first: OpenApiDocument, ...others: readonly OpenApiDocument[]): OpenApiDocument {
  return others.reduce(merge, first)
}

function merge(into: OpenApiDocument, from: OpenApiDocument): OpenApiDocument {
  const other = withFreeNames(into, from)
  for (const path of Object.keys(other.paths ?? {})) assert(!(path in (into.paths ?? {})), `${path} is described twice`)
  const [mine, theirs] = [componentsOf(into), componentsOf(other)]
  const kinds = new Set([...Object.keys(mine), ...Object.keys(theirs)])
  const components = Object.fromEntries([...kinds].map((kind) => [kind, { ...theirs[kind], ...mine[kind] }]))
  const known = new Set(into.tags?.map((tag) => tag.name))
  const tags = [...(into.tags ?? []), ...(other.tags ?? []).filter((tag) => !known.has(tag.name))]
  return { ...into, paths: { ...into.paths, ...other.paths }, components, tags }
}

/** `from`, with every component renamed whose name means something else in `into`. */
function withFreeNames(into: OpenApiDocument, from: OpenApiDocument): OpenApiDocument {
  let document = from
  for (const [kind, byName] of Object.entries(componentsOf(from))) {
    const taken = componentsOf(into)[kind] ?? {}
    for (const [name, component] of Object.entries(byName)) {
      if (!(name in taken) || JSON.stringify(taken[name]) === JSON.stringify(component)) continue
      let number = 2
      while (`${name}${number}` in taken || `${name}${number}` in byName) number += 1
      document = withRenamed(document, kind, name, `${name}${number}`)
    }
  }
  return document
}

function withRenamed(document: OpenApiDocument, kind: string, from: string, to: string): OpenApiDocument {
  const ref = (name: string) => `"#/components/${kind}/${name}"`
  const copy = JSON.parse(JSON.stringify(document).replaceAll(ref(from), ref(to))) as OpenApiDocument
  const { [from]: component, ...others } = componentsOf(copy)[kind]!
  return { ...copy, components: { ...copy.components, [kind]: { ...others, [to]: component } } }
}

const componentsOf = (document: OpenApiDocument): Readonly<Record<string, ByName>> =>
  (document.components ?? {}) as Readonly<Record<string, ByName>>
