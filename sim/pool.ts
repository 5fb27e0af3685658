import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedReport } from './world.ts'

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
/** Seeds given to a worker at once: enough that asking costs nothing. */
const CHUNK = 8
/** Short-lived objects of a whole seed fit, from the first seed on: next to no garbage is copied. */
const WORKER_FLAGS = ['--max-semi-space-size=64', '--min-semi-space-size=64']

export interface Seeds {
  readonly from: number
  readonly count: number
}

export interface PoolOptions {
  readonly workers: number
  /** Name of the bug to plant; null: the code as it is. */
  readonly plant?: string | null
  readonly report: (report: SeedReport) => void
}

/** Runs seeds `from`..`from + count - 1` in processes of their own. Rejects when one of them breaks. */
export function runSeeds({ from, count, ...options }: PoolOptions & Seeds): Promise<void> {
  let next = from
  return runWhileWanted({
    ...options,
    workers: Math.min(options.workers, count),
    next() {
      const seeds = { from: next, count: Math.min(CHUNK, from + count - next) }
      next += seeds.count
      return seeds.count > 0 ? seeds : null
    },
  })
}

/** Runs whatever seeds `next` names until it names none, in processes that are started once. Rejects when one of them breaks. */
export async function runWhileWanted({
  workers,
  plant = null,
  report,
  next,
}: PoolOptions & { readonly next: () => Seeds | null }): Promise<void> {
  const flags = [...WORKER_FLAGS, ...(plant === null ? [] : ['--import', plantLoader])]
  const env = plant === null ? {} : { SIM_PLANT: plant }

  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(WORKER, { execArgv: flags, env: { ...process.env, ...env } })
      let ran = 0
      child.on('message', (message: SeedReport | { readonly ready: true }) => {
        if (!('ready' in message)) {
          ran += 1
          return report(message)
        }
        const seeds = next()
        if (seeds === null) child.disconnect()
        else child.send(seeds)
      })
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${code} after ${ran} seeds`)),
      )
    })
  await Promise.all(Array.from({ length: workers }, work))
}

const plantLoader = fileURLToPath(new URL('plants/loader.ts', import.meta.url))
