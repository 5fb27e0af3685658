import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endingWithUs } from '../kit/children.ts'

export interface Launch {
  /** Entry point, from the root of the project. */
  readonly entry: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The event that the process logs when it is ready; its fields are the answer. */
  readonly readyEvent: string
  /** Every line that it prints. */
  readonly line?: (line: string) => void
}

export interface Launched {
  readonly child: ChildProcess
  readonly pid: number
  /** Fields of the ready event. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

const READY_WITHIN_MS = 30_000

/** Starts one of our processes and waits until it says that it is ready. @throws with its last lines when it does not */
export async function launch({ entry, env, readyEvent, line }: Launch): Promise<Launched> {
  const path = fileURLToPath(new URL(`../${entry}`, import.meta.url))
  const child = endingWithUs(
    spawn(process.execPath, [path], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
  )
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  const last: string[] = []
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${entry}: ${why}\n${last.join('\n')}`))
    const timer = setTimeout(() => fail('not ready in time'), READY_WITHIN_MS)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => fail(`exited with ${code}`))
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (text) => {
        last.push(text)
        if (last.length > 10) last.shift()
        line?.(text)
        if (!text.includes(`"event":"${readyEvent}"`)) return
        clearTimeout(timer)
        resolve(JSON.parse(text) as Record<string, unknown>)
      })
    }
  })
  return { child, pid: child.pid!, ready, ended }
}

/** Asks it to end; answers how it did. */
export function end(
  { child, ended }: Launched,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | NodeJS.Signals | null> {
  child.kill(signal)
  return ended
}
