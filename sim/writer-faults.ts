import { below, pick, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { Databases } from './databases.ts'
import { between } from './fault-world.ts'
import type { Trace } from './trace.ts'
import type { Traps } from './traps.ts'
import type { WriterNode } from './writers.ts'

export interface WriterFaultWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly trace: Trace
  readonly databases: Databases
  readonly traps: Traps
  /** All that live. */
  readonly writers: () => readonly WriterNode[]
  /** A new boot of that writer comes after so long, in ms. */
  readonly rebootWriter: (id: string, afterMs: number) => void
  readonly hit: (point: string) => void
}

/** False: it could not strike now. */
type Fault = (world: WriterFaultWorld) => boolean

function kill({ random, writers, rebootWriter }: WriterFaultWorld): boolean {
  const living = writers()
  if (living.length === 0) return false
  const { id, process } = pick(random, living)
  process.kill()
  rebootWriter(id, between(random, 200, 3_000))
  return true
}

function pause({ random, writers }: WriterFaultWorld): boolean {
  const living = writers()
  if (living.length === 0) return false
  pick(random, living).process.pause(between(random, 500, 8_000))
  return true
}

/** The next writer whose call of this kind took effect dies before it hears of it, or hears of it much too late. */
function trap({ random, traps, writers, rebootWriter, hit, trace }: WriterFaultWorld): boolean {
  const method = pick(random, ['put', 'apply', 'publish', 'read', 'ack'] as const)
  const kills = below(random, 3) > 0
  traps.set(method, (process) => {
    const writer = writers().find((one) => one.process === process)
    if (writer === undefined) return false
    if (kills) {
      process.kill()
      rebootWriter(writer.id, between(random, 200, 3_000))
    } else process.pause(between(random, 1_000, 8_000))
    hit(`trapped ${method}`)
    trace.note(() => `--- trapped ${process.name} in ${method}: ${kills ? 'killed' : 'paused'}`)
    return true
  })
  return true
}

function databasesDown({ clock, random, databases }: WriterFaultWorld): boolean {
  databases.health.down = true
  clock.after(between(random, 300, 6_000), () => {
    databases.health.down = false
  })
  return true
}

/** Calls or their answers get lost, or come late. */
function databaseCut({ clock, random, writers }: WriterFaultWorld): boolean {
  const living = writers()
  if (living.length === 0) return false
  const { databaseLink } = pick(random, living)
  if (below(random, 2) === 0) databaseLink.repliesToLose += 1 + below(random, 4)
  else {
    const way = pick(random, ['requests', 'replies'] as const)
    databaseLink[way] = pick(random, ['lost', 'held'] as const)
    clock.after(between(random, 300, 6_000), () => {
      databaseLink[way] = 'open'
    })
  }
  return true
}

/** The link between a writer and the store: what it read it cannot acknowledge. */
function storeCut({ clock, random, writers }: WriterFaultWorld): boolean {
  const living = writers()
  if (living.length === 0) return false
  const { link } = pick(random, living)
  const way = pick(random, ['requests', 'replies'] as const)
  link[way] = pick(random, ['lost', 'held'] as const)
  clock.after(between(random, 300, 6_000), () => {
    link[way] = 'open'
  })
  return true
}

/** By name, with how often each is drawn. */
const FAULTS: readonly (readonly [name: string, weight: number, fault: Fault])[] = [
  ['writer kill', 2, kill],
  ['writer pause', 1, pause],
  ['writer trap', 4, trap],
  ['databases down', 2, databasesDown],
  ['database cut', 3, databaseCut],
  ['writer store cut', 1, storeCut],
]
const WEIGHTS = FAULTS.reduce((sum, [, weight]) => sum + weight, 0)
export const WRITER_FAULT_NAMES = FAULTS.map(([name]) => name)

/** Lets one fault of the writers happen. */
export function strikeWriters(world: WriterFaultWorld): void {
  let at = below(world.random, WEIGHTS)
  const [name, , fault] = FAULTS.find(([, weight]) => {
    at -= weight
    return at < 0
  })!
  if (!fault(world)) return
  world.hit(`fault ${name}`)
  world.trace.note(() => `--- ${name}`)
}
