import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { endingWithUs } from '../kit/children.ts'
import { parseJson } from '../kit/json.ts'

export interface Spawned {
  readonly pid: number
  readonly port: number
  /** Of the process's own log lines so far: the last ones that are no JSON or are errors. */
  readonly complaints: readonly string[]
  /** Null while it lives. */
  exitCode(): number | null
  /** Asks it to end; resolves when it has, at the latest by force after 5 s. */
  stop(): Promise<void>
}

const COMPLAINTS_MAX = 20
const STOP_AFTER_MS = 5_000

/** Starts a Node program that says `server_ready` and its `port` in a JSON line. @throws when it ends before that */
export async function spawnServer(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Spawned> {
  const child = endingWithUs(spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
  const complaints: string[] = []
  const complain = (line: string): void => {
    if (complaints.push(line) > COMPLAINTS_MAX) complaints.shift()
  }
  createInterface({ input: child.stderr }).on('line', complain)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`${command.join(' ')} ended with ${code}: ${complaints.join(' | ')}`)),
    )
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = parseJson(line) as Readonly<Record<string, unknown>> | null | undefined
      if (entry?.event === 'server_ready') resolve(Number(entry.port))
      if (!entry || entry.level === 'error') complain(line)
    })
  })
  return { pid: child.pid!, port, complaints, exitCode: () => child.exitCode, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_AFTER_MS)
  await ended
  clearTimeout(force)
}
