import type { z } from 'zod'
import { type ProcessName, type ProcessVariables, processes } from './config/processes.ts'
import type { Env, Fallback, Variable } from './config/variable.ts'
import { type VariableName, type Variables, variables } from './config/variables.ts'

export { type ProcessName, processes } from './config/processes.ts'
export type { Env } from './config/variable.ts'
export { type VariableName, variables } from './config/variables.ts'

type Value<N extends VariableName> = z.output<Variables[N]['schema']>
type MayBeNull<F> = F extends (...from: never[]) => infer R ? Extract<R, null> : Extract<F, null>
type Reads<P extends ProcessName> = (typeof processes)[P]['reads'][number]
type Requires<P extends ProcessName> = (typeof processes)[P]['requires'][number]

/** What one process reads, typed: durations in ms, lists as arrays, null where nothing was given and nothing is needed. */
export type ConfigOf<P extends ProcessName> = {
  readonly [N in Reads<P> as Variables[N]['key']]:
    | Value<N>
    | (N extends Requires<P> ? never : MayBeNull<Variables[N]['fallback']>)
}

/** Names every bad, missing or unknown variable in one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads the variables of one process. @throws ConfigError naming all that is wrong, never their values */
export function readConfig<P extends ProcessName>(env: Env, processName: P): ConfigOf<P> {
  const { reads, requires }: ProcessVariables = processes[processName]
  const config: Record<string, unknown> = {}
  const faults = unknownNames(env)
  for (const name of reads) {
    const { key, schema, expects, fallback }: Variable<string, unknown, Fallback> = variables[name]
    const raw = env[name] || (typeof fallback === 'function' ? fallback(env, reads) : fallback)
    const parsed = raw === null ? null : schema.safeParse(raw)
    if (parsed === null) {
      if (requires.includes(name)) faults.push(`${name} is missing (${expects})`)
      config[key] = null
    } else if (parsed.success) config[key] = parsed.data
    else faults.push(`${name} must be ${expects}`)
  }
  if (faults.length > 0) throw new ConfigError(`bad configuration: ${faults.join('; ')}`)
  return config as ConfigOf<P>
}

/** No variable of ours starts with OXO_: such a name is a guess that would be ignored in silence. */
function unknownNames(env: Env): string[] {
  const names = Object.keys(env).filter((name) => name.startsWith('OXO_'))
  return names.map((name) =>
    name.slice(4) in variables ? `${name} is unknown (use ${name.slice(4)})` : `${name} is unknown`,
  )
}

/** For `main.ts` files: the configuration, or one line on stderr and exit 1. */
export function configOrExit<P extends ProcessName>(processName: P, env: Env = process.env): ConfigOf<P> {
  try {
    return readConfig(env, processName)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(1)
  }
}
