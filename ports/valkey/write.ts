import type { Valkey } from './connect.ts'
import { runScript, runScriptAndWait, type Script } from './script.ts'

export interface WriteOptions {
  /** Each write is answered only when so many replicas confirmed it; default 0. */
  readonly replicas?: number
  /** How long to wait for them, ms; then the outcome is unknown. Below the connection's command timeout. */
  readonly waitMs?: number
}

export type RunScript = (
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>

/** Runs scripts that write. Rejects when the outcome is unknown: not answered in time, or by too few replicas. */
export function scriptWriter(valkey: Valkey, { replicas = 0, waitMs = 500 }: WriteOptions): RunScript {
  if (replicas === 0) return (script, keys, args) => runScript(valkey, script, keys, args)
  const wait = { replicas, timeoutMs: waitMs }
  return (script, keys, args) => runScriptAndWait(valkey, script, keys, args, wait)
}
