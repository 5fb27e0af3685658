import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedReport } from './world.ts'

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
/** Seeds given to a worker at once: enough that asking costs nothing. */
const CHUNK = 8
/** A planted bug shows within a few seeds: none are run in vain after it. */
const PLANTED_CHUNK = 1
/** Short-lived objects of a whole seed fit, from the first seed on: next to no garbage is copied. */
const WORKER_FLAGS = ['--max-semi-space-size=64', '--min-semi-space-size=64']

export interface PoolOptions {
  readonly from: number
  readonly count: number
  readonly workers: number
  /** Name of the bug to plant; null: the code as it is. */
  readonly plant?: string | null
  readonly report: (report: SeedReport) => void
  /** No more seeds are wanted. */
  readonly enough?: () => boolean
}

/** Runs seeds `from`..`from + count - 1` in processes of their own. Rejects when one of them breaks. */
export async function runSeeds({ from, count, workers, plant = null, report, enough }: PoolOptions): Promise<void> {
  let next = from
  const flags = [...WORKER_FLAGS, ...(plant === null ? [] : ['--import', plantLoader])]
  const env = plant === null ? {} : { SIM_PLANT: plant }

  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(WORKER, { execArgv: flags, env: { ...process.env, ...env } })
      const give = () => {
        const size = Math.min(plant === null ? CHUNK : PLANTED_CHUNK, from + count - next)
        if (size <= 0 || enough?.()) return child.disconnect()
        child.send({ from: next, count: size })
        next += size
      }
      let left = 0
      child.on('message', (message: SeedReport | { readonly ready: true }) => {
        if ('ready' in message) return give()
        report(message)
        left += 1
      })
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${code} after ${left} seeds`)),
      )
    })
  await Promise.all(Array.from({ length: Math.min(workers, count) }, work))
}

const plantLoader = fileURLToPath(new URL('plants/loader.ts', import.meta.url))
