import assert from 'node:assert/strict'
import { test } from 'vitest'
import { breaches, trackedSources } from './layout.ts'

const breachesOf = (path: string, source: string) => breaches(new Map([[path, source]]))

test('[layout] the tree keeps its own rules', () => {
  assert.deepEqual(breaches(trackedSources()), [])
})

test('[layout] an import across a boundary is named, in every form that imports take', () => {
  for (const statement of [
    "import { a } from '../server/a.ts'",
    "import type { A } from '../server/a.ts'",
    "import {\n  a,\n} from '../server/a.ts'",
    "export * from '../server/a.ts'",
    "import '../server/a.ts'",
    "const a = await import('../server/a.ts')",
  ]) {
    assert.deepEqual(
      breachesOf('matchmaker/b.ts', `${statement}\n`),
      ['matchmaker/b.ts: imports server/a.ts'],
      statement,
    )
  }
  assert.deepEqual(breachesOf('matchmaker/b.ts', "import { a } from '../kit/a.ts'\n"), [])
})

test('[layout] sockets are imported in one folder', () => {
  const source = "import { App } from 'uWebSockets.js'\n"
  assert.deepEqual(breachesOf('server/socket/a.ts', source), [])
  assert.deepEqual(breachesOf('server/gateway/a.ts', source), ['server/gateway/a.ts: imports uWebSockets.js'])
})

test('[layout] the core takes no time, chance or environment from the world; comments may speak of them', () => {
  assert.equal(breachesOf('game/a.ts', 'const t = Date.now()\n').length, 1)
  assert.equal(breachesOf('server/a.ts', 'const e = process.env.X\n').length, 1)
  assert.deepEqual(breachesOf('game/a.ts', '// Date.now is not called here\n'), [])
  assert.deepEqual(breachesOf('kit/a.ts', 'const t = Date.now()\n'), [])
})

test('[layout] a file that grew past one idea is named', () => {
  assert.equal(breachesOf('game/a.ts', '\n'.repeat(301)).length, 1)
  assert.deepEqual(breachesOf('game/a.ts', '\n'.repeat(200)), [])
})
