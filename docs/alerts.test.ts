import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const rules = readFileSync(join(ROOT, 'docs/alerts.yml'), 'utf8')
const alerts = rules.split(/^ {6}- alert: /m).slice(1)

/** Names of our metrics as the sources define them. */
function definedMetrics(): ReadonlySet<string> {
  const sources = globSync(['{server,matchmaker,persistence,api,ports}/**/*.ts'], { cwd: ROOT })
  const names = sources
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/'(oxo_[a-z0-9_]+)'/g)].map(([, name]) => name!),
    )
  return new Set(names)
}

test('[alerts] every metric that a rule names is one that a process shows', () => {
  const named = [...rules.matchAll(/\boxo_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
  expect(named.length).toBeGreaterThan(8)
  const defined = definedMetrics()
  expect(named.filter((name) => !defined.has(name))).toEqual([])
})

test('[alerts] every rule has a name of its own, an expression, a severity, a summary and a runbook that exists', () => {
  const names = alerts.map((alert) => alert.split('\n')[0])
  expect(new Set(names).size).toBe(alerts.length)
  expect(alerts.length).toBeGreaterThan(5)
  for (const alert of alerts) {
    expect(alert).toMatch(/^ {8}expr: /m)
    expect(alert).toMatch(/^ {10}severity: (page|ticket)$/m)
    expect(alert).toMatch(/^ {10}summary: /m)
    const [, file, heading] = /^ {10}runbook: (\S+\.md)#(\S+)$/m.exec(alert)!
    const headings = [...readFileSync(join(ROOT, file!), 'utf8').matchAll(/^#+ (.+)$/gm)]
    expect(headings.map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'))).toContain(heading)
    expect(dirname(file!)).toBe('docs/runbooks')
  }
})
