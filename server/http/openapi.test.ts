import { afterAll, beforeAll, expect, test } from 'vitest'
import { errors } from '../../protocol/errors.ts'
import { mergeOpenApi } from './openapi.ts'
import { startTestApp, type TestApp } from './test-app.ts'

interface Media {
  readonly schema: Record<string, unknown>
  readonly example?: unknown
  readonly examples?: Record<string, { value: { error: { code: keyof typeof errors } } }>
}
interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
  readonly requestBody?: { readonly content: Record<string, Media> }
  readonly responses: Record<string, { readonly description: string; readonly content: Record<string, Media> }>
}
interface Document {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: {
    readonly schemas: Record<string, { readonly example?: unknown }>
    readonly securitySchemes: object
  }
}

const mounted = {
  tags: [{ name: 'accounts' }, { name: 'games' }],
  paths: { '/auth/guest': { post: { responses: { 201: { $ref: '#/components/schemas/Error' } } } } },
  components: { schemas: { Error: { type: 'string' }, Guest: { type: 'object' } } },
}
let rest: TestApp
let document: Document

beforeAll(async () => {
  rest = await startTestApp({ mounts: [{ prefixes: ['/auth'], fetch: () => new Response(), openapi: mounted }] })
  document = (await (await rest.request('GET', '/openapi.json')).json()) as Document
})
afterAll(() => rest.server.drain('draining'))

const operations = () =>
  Object.entries(document.paths)
    .filter(([path]) => !path.startsWith('/auth'))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))

test('[DOCS] every route of the server is described', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(operations().map(({ path, method }) => `${method} ${path}`)).toEqual([
    'post /games',
    'get /games/{id}',
    'delete /games/{id}',
    'put /games/{id}/moves',
    'get /health',
  ])
})

test('[DOCS] every operation has a name of its own, a summary, a known tag and its path parameters', () => {
  const names = operations().map(({ operation }) => operation.operationId)
  expect(names.every((name) => /^[a-z][A-Za-z]+$/.test(name ?? ''))).toBe(true)
  expect(new Set(names).size).toBe(names.length)
  for (const { path, operation } of operations()) {
    expect(operation.summary).toMatch(/^[A-Z]/)
    for (const tag of operation.tags!) expect(document.tags.map(({ name }) => name)).toContain(tag)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(operation.parameters?.filter((p) => p.in === 'path').map((p) => p.name) ?? []).toEqual(inPath)
  }
})

test('[DOCS] what needs a token says so, and says what happens without', async () => {
  expect(document.components.securitySchemes).toMatchObject({ accessToken: { type: 'http', scheme: 'bearer' } })
  for (const { path, method, operation } of operations()) {
    const { status } = await rest.request(method.toUpperCase(), path.replace('{id}', 'x'), {
      body: method === 'get' ? undefined : {},
    })
    expect(status === 401).toBe(operation.security !== undefined)
    expect('401' in operation.responses).toBe(operation.security !== undefined)
  }
})

test('[DOCS] every refusal is described with its status and an example of each code', () => {
  for (const { path, operation } of operations()) {
    if (path === '/health') continue
    expect(Object.keys(operation.responses)).toContain('503')
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue
      const { examples, schema } = response.content['application/json']!
      expect(schema).toEqual({ $ref: '#/components/schemas/Error' })
      expect(Object.keys(examples!)).not.toHaveLength(0)
      for (const [code, { value }] of Object.entries(examples!)) {
        expect(value.error.code).toBe(code)
        expect(errors[value.error.code].httpStatus).toBe(Number(status))
        expect(response.description).toContain(code)
      }
    }
  }
})

test('[DOCS] every body has an example', () => {
  const hasExample = (media: Media): boolean => {
    if (media.example !== undefined || media.examples !== undefined) return true
    const members = (media.schema.anyOf as { $ref: string }[] | undefined) ?? [media.schema as { $ref: string }]
    return members.every(({ $ref }) => document.components.schemas[$ref.split('/').at(-1)!]!.example !== undefined)
  }
  for (const { operation } of operations()) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)].filter((body) => body !== undefined)
    for (const { content } of bodies) expect(hasExample(content['application/json']!)).toBe(true)
  }
})

test('[DOCS] every reference leads somewhere', () => {
  const text = JSON.stringify(document)
  const refs = [...text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)]
  expect(refs.length).toBeGreaterThan(20)
  for (const [, kind, name] of refs) {
    expect(document.components[kind as 'schemas']).toHaveProperty(name!)
  }
})

test('[DOCS] mounted documents join in, and names that mean two things become two names', () => {
  expect(document.paths['/auth/guest']!.post!.responses['201']).toEqual({ $ref: '#/components/schemas/Error2' })
  expect(document.components.schemas.Error2).toEqual({ type: 'string' })
  expect(document.components.schemas.Error).toMatchObject({ type: 'object' })
  expect(document.components.schemas.Guest).toEqual({ type: 'object' })
  expect(document.tags.map(({ name }) => name)).toEqual(['games', 'operations', 'accounts'])
})

test('[DOCS] the same description under the same name stays one, and a path is described once', () => {
  const shared = { components: { schemas: { A: { type: 'string' } } } }
  expect(mergeOpenApi(shared, shared)).toMatchObject(shared)
  const taken = { components: { schemas: { A: { type: 'string' }, A2: { type: 'null' } } } }
  const other = {
    paths: { '/a': { $ref: '#/components/schemas/A' } },
    components: { schemas: { A: { type: 'null' } } },
  }
  expect(mergeOpenApi(taken, other)).toMatchObject({
    paths: { '/a': { $ref: '#/components/schemas/A3' } },
    components: { schemas: { ...taken.components.schemas, A3: { type: 'null' } } },
  })
  expect(mergeOpenApi({}, {})).toEqual({ paths: {}, components: {}, tags: [] })
  expect(() => mergeOpenApi({ paths: { '/a': {} } }, { paths: { '/a': {} } })).toThrow(/described twice/)
})
