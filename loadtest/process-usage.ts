import { readdirSync, readFileSync } from 'node:fs'

/**
 * Nanoseconds that all threads of a process have spent on a CPU, in user and in kernel mode, by the scheduler's own count
 * (`/proc/PID/task/TID/schedstat`): 10,000 times finer than the clock ticks of `/proc/PID/stat`. Linux only. Threads that
 * have ended are not in it: read it twice around work in which no thread ends.
 */
export function cpuNs(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).reduce(
    (sum, tid) => sum + firstNumber(readFileSync(`${tasks}/${tid}/schedstat`, 'latin1')),
    0,
  )
}

/** Memory of a process that is in RAM, in bytes. Linux only. */
export function rssBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return line === null ? 0 : Number(line[1]) * 1_024
}

const firstNumber = (text: string): number => Number(text.split(' ', 1)[0])
