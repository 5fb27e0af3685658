import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { apiDocs } from '../scripts/api-docs.ts'

test('[docs] OpenAPI documents and REST types are those that the code gives: npm run docs', async () => {
  const files = await apiDocs()
  expect([...files.keys()].sort()).toEqual([
    'client/rest-types.d.ts',
    ...['accounts', 'games', 'history', 'keys', 'leaderboard', 'statistics'].map((name) => `docs/api/${name}.json`),
  ])
  const committed = (path: string): string =>
    readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
  const drifted = [...files].filter(([path, content]) => committed(path) !== content).map(([path]) => path)
  expect(drifted).toEqual([])
})
