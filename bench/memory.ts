import { delay } from '../kit/clock.ts'
import { rssBytes } from '../loadtest/process-usage.ts'
import { type Bench, connectAll, crowdOf, openGames, requireClean, type Subject } from './subject.ts'

/** Node options of a process whose memory is to be measured: its garbage is collected on demand. */
export const COLLECTABLE = ['--inspect=127.0.0.1:0'] as const

const SETTLE_MS = 1_000
/** Collections until what they free has been given back. */
const COLLECTIONS = 3
/** Players who come, play and go before the first look, so that code and pools are there. */
const WARM_UP_PLAYERS = 200

export interface Memory {
  readonly bytesPerIdlePlayer: number
  readonly bytesPerRoom: number
}

/** RAM by difference: all players idle against none, all of them in games against idle. */
export async function measureMemory(bench: Bench, subject: Subject, tokens: readonly string[]): Promise<Memory> {
  const warmUp = crowdOf(bench, subject, tokens.slice(0, WARM_UP_PLAYERS))
  await connectAll(subject, warmUp)
  await warmUp.close()
  const none = await settledBytes(bench, subject)
  const crowd = crowdOf(bench, subject, tokens)
  await connectAll(subject, crowd)
  const idle = await settledBytes(bench, subject)
  await openGames(subject, crowd)
  const playing = await settledBytes(bench, subject)
  requireClean(subject, crowd)
  await crowd.close()
  return {
    bytesPerIdlePlayer: Math.round((idle - none) / tokens.length),
    bytesPerRoom: Math.round((playing - idle) / (tokens.length / 2)),
  }
}

async function settledBytes({ clock }: Bench, { process }: Subject): Promise<number> {
  await delay(clock, SETTLE_MS)
  const url = process.complaints.map((line) => /ws:\/\/\S+/.exec(line)?.[0]).find((found) => found !== undefined)
  if (url === undefined) throw new Error('the process was not started with COLLECTABLE')
  await collectGarbage(url)
  await delay(clock, SETTLE_MS)
  return rssBytes(process.pid)
}

/** By the inspector at `url` (ws://) of a process that was started with COLLECTABLE. */
export function collectGarbage(url: string): Promise<void> {
  const inspector = new WebSocket(url)
  let left = COLLECTIONS
  return new Promise((resolve, reject) => {
    const collect = (): void => inspector.send(JSON.stringify({ id: left, method: 'HeapProfiler.collectGarbage' }))
    inspector.onopen = collect
    inspector.onerror = () => reject(new Error('the inspector cannot be reached'))
    inspector.onmessage = () => {
      left -= 1
      if (left > 0) {
        collect()
        return
      }
      inspector.onclose = () => resolve()
      inspector.close()
    }
  })
}
