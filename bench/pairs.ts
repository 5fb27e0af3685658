import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endingWithUs } from '../kit/children.ts'
import { type Clock, delay, every, systemClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import { systemRandom } from '../kit/random.ts'
import { createMatchmaker } from '../matchmaker/matchmaker.ts'
import { closeValkey, connectValkey, type Valkey } from '../ports/valkey/connect.ts'
import { valkeyTicketQueue } from '../ports/valkey/ticket-queue.ts'
import { median } from './subject.ts'

const REGION = 'bench'
const FILL_WITHIN_MS = 30_000
const WARM_UP_MS = 3_000
const LOOK_MS = 5
const FEEDER = fileURLToPath(new URL('./pairs-feeder.ts', import.meta.url))

export interface PairsOptions {
  readonly url: string
  /** Tickets that the feeder keeps in the queue. */
  readonly waiting: number
  readonly windows: number
  readonly seconds: number
}

export interface PairsFigures {
  /** Pairs taken and their matches forgotten again, a second: the median of the windows. */
  readonly pairsPerSecond: number
  readonly windows: readonly number[]
  /** Tickets that the leader found waiting when it looked, median. */
  readonly waitingAtLook: number
  /** CPU time a pair, us: of the leader's process and of the store's. */
  readonly leaderCpuUs: number
  readonly storeCpuUs: number
}

/**
 * One leader, the real queue in a real store, and a process of its own that keeps the queue full. Rooms are not opened: a stand-in of the
 * placement answers at once that each is.
 */
export async function measurePairs(options: PairsOptions): Promise<PairsFigures> {
  const clock = systemClock
  const valkey = await connectValkey(options.url, { name: 'bench-leader' })
  const feeder = endingWithUs(
    spawn(process.execPath, [FEEDER, options.url, REGION, String(options.waiting)], { stdio: 'inherit' }),
  )
  const matchmaker = createMatchmaker({
    clock,
    random: systemRandom,
    log: silentLog,
    tickets: valkeyTicketQueue(valkey),
    region: REGION,
    leader: 'bench',
    place: async () => ({ type: 'placed' }),
    expired: () => {},
  })
  const { counts } = matchmaker
  const waitingAtLooks: number[] = []
  let rounds = 0
  const stopLooking = every(clock, LOOK_MS, () => {
    if (counts.rounds === rounds) return
    rounds = counts.rounds
    waitingAtLooks.push(counts.waiting.ranked)
  })
  try {
    await filled(clock, valkey, options.waiting)
    matchmaker.start()
    await delay(clock, WARM_UP_MS)
    waitingAtLooks.length = 0
    const windows: number[] = []
    const [cpu, storeCpu, placed] = [process.cpuUsage(), await storeCpuUs(valkey), counts.placed]
    for (let window = 0; window < options.windows; window++) {
      const [startMs, before] = [clock.monotonic(), counts.placed]
      await delay(clock, options.seconds * 1_000)
      windows.push(Math.round(((counts.placed - before) * 1_000) / (clock.monotonic() - startMs)))
    }
    const { user, system } = process.cpuUsage(cpu)
    const pairs = counts.placed - placed
    return {
      pairsPerSecond: median(windows),
      windows,
      waitingAtLook: median(waitingAtLooks),
      leaderCpuUs: Math.round((user + system) / pairs),
      storeCpuUs: Math.round(((await storeCpuUs(valkey)) - storeCpu) / pairs),
    }
  } finally {
    stopLooking()
    feeder.kill()
    await matchmaker.stop()
    closeValkey(valkey)
  }
}

async function filled(clock: Clock, valkey: Valkey, waiting: number): Promise<void> {
  const untilMs = clock.monotonic() + FILL_WITHIN_MS
  while ((await valkey.zcard(`{q:${REGION}}:ranked`)) < waiting) {
    if (clock.monotonic() > untilMs) throw new Error(`the queue did not fill up to ${waiting}`)
    await delay(clock, LOOK_MS)
  }
}

async function storeCpuUs(valkey: Valkey): Promise<number> {
  const info = await valkey.info('cpu')
  const seconds = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0)
  return (seconds('used_cpu_sys') + seconds('used_cpu_user')) * 1e6
}
