import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const RESULTS = fileURLToPath(new URL('./results/', import.meta.url))

/** Where a figure comes from: without it a figure means nothing. */
export interface Provenance {
  readonly machine: string
  readonly node: string
  readonly commit: string
}

export const provenance = (): Provenance => ({
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.versions.node,
  commit: commit(),
})

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: RESULTS.replace(/results\/$/, ''),
      encoding: 'utf8',
    }).trim()
  } catch {
    return 'unknown'
  }
}

/** Three decimals: what a figure is good for. */
export const round = (value: number): number => Math.round(value * 1_000) / 1_000

/** Keeps the figures (`NAME.json`) and what they mean (`NAME.md`) in `bench/results/`. */
export function writeResult(name: string, result: object, summary: string): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
  writeFileSync(`${RESULTS}${name}.md`, summary)
}
