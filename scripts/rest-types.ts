import openapiTS, { astToString } from 'openapi-typescript'
import { mergeOpenApi, type OpenApiDocument } from '../server/http/openapi.ts'

const HEADER = `// Generated from docs/api by \`npm run docs\`; a test fails when the two differ.
`

/** Types of every REST path, out of the documents of all services. */
export async function restTypes(documents: readonly OpenApiDocument[]): Promise<string> {
  const [first, ...others] = documents
  const whole = { openapi: '3.1.0', info: { title: 'Oxo', version: '1' }, ...mergeOpenApi(first!, ...others) }
  return HEADER + astToString(await openapiTS(whole as Parameters<typeof openapiTS>[0], { immutable: true }))
}
