import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ProcessName, processes, type VariableName, variables } from '../config.ts'

export const CONFIG_DOCS_PATH = fileURLToPath(new URL('../docs/CONFIG.md', import.meta.url))

const HEADER = `# Configuration

All configuration comes from environment variables. This page is generated from \`config.ts\` by \`node scripts/config-docs.ts\`; a test fails when
the two differ. An empty variable counts as unset. A bad or missing one, or an unknown one that starts with \`OXO_\`, ends the process at its
start with exit code 1 and one line on stderr that names each. \`start\` is \`npm start\`: everything in one process on embedded stores.

| variable | value | default | processes | meaning | unit |
| --- | --- | --- | --- | --- | --- |
`

/** The text of docs/CONFIG.md. */
export function configDocs(): string {
  const names = Object.keys(variables) as VariableName[]
  return `${HEADER}${names.map(row).join('')}`
}

function row(name: VariableName): string {
  const { expects, defaultText, meaning, unit } = variables[name]
  return `| \`${name}\` | ${expects} | ${defaultText} | ${readers(name).join(', ')} | ${meaning} | ${unit} |\n`
}

/** Processes that read the variable; those that cannot do without it say so. */
export function readers(name: VariableName): string[] {
  const processNames = Object.keys(processes) as ProcessName[]
  return processNames
    .map((processName) => ({
      processName,
      ...(processes[processName] as { reads: readonly string[]; requires: readonly string[] }),
    }))
    .filter(({ reads }) => reads.includes(name))
    .map(({ processName, requires }) => (requires.includes(name) ? `${processName} (needed)` : processName))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CONFIG_DOCS_PATH, configDocs())
