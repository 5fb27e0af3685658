import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Report } from './report.ts'

/** Where a full run took place. */
export interface Machine {
  readonly commit: string
  readonly node: string
  readonly cpu: string
}

type Groups = Readonly<Record<string, Machine & Report>>

const FOLDER = new URL('../bench/results/', import.meta.url)
const JSON_FILE = new URL('chaos.json', FOLDER)
const COLUMNS = [
  'faults',
  'games',
  'moves',
  'lostAcks',
  'doubleMoves',
  'takeoverP50Ms',
  'takeoverP99Ms',
  'handoverP99Ms',
  'moveP99Ms',
  'seconds',
] as const

/** Keeps a group's full run in `bench/results`, in the place of its last one. */
export function keepFullRun(group: string, machine: Machine, report: Report): void {
  mkdirSync(FOLDER, { recursive: true })
  const before = existsSync(JSON_FILE) ? (JSON.parse(readFileSync(JSON_FILE, 'utf8')) as Groups) : {}
  const groups: Groups = { ...before, [group]: { ...machine, ...report } }
  writeFileSync(JSON_FILE, `${JSON.stringify(groups, null, 2)}\n`)
  writeFileSync(new URL('chaos.md', FOLDER), markdownOf(groups))
}

/** All full runs for readers. */
export function markdownOf(groups: Groups): string {
  const row = (cells: readonly unknown[]) => `| ${cells.map((cell) => cell ?? '-').join(' | ')} |`
  const rows = Object.entries(groups).map(([name, run]) => row([name, ...COLUMNS.map((column) => run[column])]))
  const lists = Object.entries(groups).flatMap(([name, { byFault, failures, commit, node, cpu }]) => [
    `- **${name}** at ${commit}, ${node}, ${cpu}. ${listOf(byFault)}. ${failures.length === 0 ? 'Every bar holds.' : `Failed: ${failures.join('; ')}.`}`,
  ])
  return [
    '# npm run chaos',
    '',
    'Real servers, matchmaker, api and Valkey or Redis on one machine, real sockets, faults by `chaos/`; every history is judged offline',
    'by `chaos/check.ts`. Each row is the last run of its group at full counts (`--scale 1`). Durations in ms.',
    '',
    row(['group', ...COLUMNS]),
    row(['---', ...COLUMNS.map(() => '---')]),
    ...rows,
    '',
    ...lists,
    '',
  ].join('\n')
}

const listOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} x ${name}`)
    .join(', ')
