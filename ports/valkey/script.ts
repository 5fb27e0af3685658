import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Cluster } from 'ioredis'
import type { Valkey } from './connect.ts'

/** A Lua script that the store knows by its SHA-1. */
export interface Script {
  readonly source: string
  readonly sha: string
}

/** Reads a Lua file; `preludes` are files whose text comes before it. */
export function readScript(file: URL, ...preludes: readonly URL[]): Script {
  const source = [...preludes, file].map((part) => readFileSync(part, 'utf8')).join('\n')
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}

type Arguments = readonly (string | number)[]

/** Runs a script by its digest; one that the store forgot (restart, failover, SCRIPT FLUSH) is sent whole and known from then on. */
export async function runScript(
  valkey: Valkey,
  script: Script,
  keys: readonly string[],
  args: Arguments,
): Promise<unknown> {
  gather(valkey)
  try {
    return await valkey.evalsha(script.sha, keys.length, ...keys, ...args)
  } catch (error) {
    if (!isNoScript(error)) throw error
    return valkey.eval(script.source, keys.length, ...keys, ...args)
  }
}

/** Fewer replicas than asked have confirmed a write in time; the write itself stands on the primary. */
export class TooFewReplicas extends Error {
  override readonly name = 'TooFewReplicas'
}

/**
 * As `runScript`, and answers only when `replicas` replicas confirmed. WAIT travels in the script's own pipeline: alone it would go to
 * any node of a cluster, and it covers the writes of its own connection only. @throws TooFewReplicas
 */
export async function runScriptAndWait(
  valkey: Valkey,
  script: Script,
  keys: readonly string[],
  args: Arguments,
  wait: { readonly replicas: number; readonly timeoutMs: number },
): Promise<unknown> {
  gather(valkey)
  const send = async (command: 'evalsha' | 'eval', body: string) => {
    const commands = [
      [command, body, keys.length, ...keys, ...args],
      ['wait', wait.replicas, wait.timeoutMs],
    ]
    const [ran, waited] = (await valkey.pipeline(commands).exec())!
    if (ran![0]) {
      // Clients follow a moved slot for single commands, not for pipelines that write: the repeat must find the new primary.
      if (valkey instanceof Cluster && ran![0].message.startsWith('MOVED')) valkey.refreshSlotsCache()
      throw ran![0]
    }
    if (waited![0]) throw waited![0]
    const confirmed = Number(waited![1])
    if (confirmed < wait.replicas) throw new TooFewReplicas(`${confirmed} of ${wait.replicas} replicas`)
    return ran![1]
  }
  try {
    return await send('evalsha', script.sha)
  } catch (error) {
    if (!isNoScript(error)) throw error
    return send('eval', script.source)
  }
}

/**
 * What is sent from here on until the event loop goes on leaves in one system call: the commits of all shards in a turn, say. A cluster
 * spreads them over its nodes, where there is little to gather.
 */
function gather(valkey: Valkey): void {
  if (valkey instanceof Cluster) return
  const { stream } = valkey
  if (stream === undefined || stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

const isNoScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT')
