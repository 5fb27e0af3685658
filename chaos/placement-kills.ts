import { delay } from '../kit/clock.ts'
import { below, fraction, pick } from '../kit/random.ts'
import { readScript } from '../ports/valkey/script.ts'
import { valkeyTicketQueue } from '../ports/valkey/ticket-queue.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'
import type { Event } from './history.ts'
import { percentile } from './measure.ts'
import type { FaultProxy } from './proxy.ts'
import type { Stage } from './run.ts'
import { until } from './store.ts'
import { watchTickets } from './ticket-watch.ts'

/** A ticket may be nobody's for so long at most, ms. */
export const LOST_MS_MAX = 5_000

/** Games are over soon, so that players ask for the next one all the time. */
export const EAGER = { thinkMs: 400, resigns: 0.25, rematches: 0 } as const

/** What no placement comes by strikes anyway after this, ms. */
const HOOK_WITHIN_MS = 2_000
/** A kill falls on one of so many calls and replies, from the one that takes pairs or asks to place them on. */
const CHUNKS_MAX = 12
const LEADS_WITHIN_MS = 10_000
const PAIRS_WITHIN_MS = 15_000
const BREATH_MS = 500
/** New games that show that matches are placed again. */
const NEW_GAMES = 3

const lua = (name: string): URL => new URL(`../ports/valkey/lua/${name}.lua`, import.meta.url)
const takesPairs = readScript(lua('queue-take-pairs'), lua('queue')).sha
const isTaking = (chunk: Buffer): boolean => chunk.includes(takesPairs)
/** Only a match that is to be placed names when it was paired. */
const isPlacing = (chunk: Buffer): boolean => chunk.includes('pairedAtMs')

interface Maker {
  readonly name: string
  readonly proxy: FaultProxy
}

/** The leader, or a server that is asked to open rooms, killed at a call or reply of placing; see `LOST_MS_MAX`. */
export function placementKills(times: number) {
  let watch: ReturnType<typeof watchTickets> | null = null
  const failures: string[] = []

  async function scenario(stage: Stage): Promise<void> {
    const { platform, random, clock, say } = stage
    watch = watchTickets(clock, valkeyUserIndex(platform.observer), valkeyTicketQueue(platform.observer))
    let made = 1
    const makers: Maker[] = []
    const addMaker = async () => {
      const name = `matchmaker-${++made}`
      const proxy = await platform.newProxy()
      await platform.startMatchmaker(name, proxy)
      makers.push({ name, proxy })
    }
    const leader = async (): Promise<Maker | undefined> => {
      const name = await platform.observer.hget('{q:local}:leader', 'leader')
      return makers.find((maker) => name?.startsWith(`matchmaker-${maker.name}.`))
    }
    await Promise.all([addMaker(), addMaker()])
    await platform.endMatchmaker('matchmaker-1', 'SIGTERM')

    const killLeader = async () => {
      await until(clock, LEADS_WITHIN_MS, async () => (await leader()) !== undefined)
      const victim = (await leader()) ?? makers[0]!
      await strikeAt(stage, victim.proxy, 'up', isTaking, async () => {
        platform.fault('leader killed while placing', { node: victim.name })
        await platform.endMatchmaker(victim.name, 'SIGKILL')
      })
      makers.splice(makers.indexOf(victim), 1)
      await addMaker()
    }
    const killServer = async () => {
      const victim = pick(random, platform.servers())
      const shards = await platform.shardsOf(victim)
      await strikeAt(stage, victim.proxy, 'down', isPlacing, async () => {
        platform.fault('kill while placing', { node: victim.nodeId, shards })
        await platform.endServer(victim, 'SIGKILL')
      })
      await platform.addServer()
    }
    for (let n = 1; n <= times; n++) {
      await (n % 2 === 0 ? killServer() : killLeader())
      const before = new Set(stage.live.ids())
      const placed = () => stage.live.ids().filter((id) => !before.has(id)).length >= NEW_GAMES
      if (!(await until(clock, PAIRS_WITHIN_MS, placed))) failures.push(`kill ${n}: no new games afterwards`)
      if (n % 10 === 0 || n === times) say(`kills while placing: ${n} of ${times}`)
      await delay(clock, fraction(random) * BREATH_MS)
    }
  }

  return {
    scenario,
    see: (event: Event) => watch?.see(event),
    async settle({ say }: Stage): Promise<readonly string[]> {
      const { longestLostMs, findMs } = await watch!.stop()
      say(`FIND to STATE: p50 ${percentile(findMs, 50)} ms, p99 ${percentile(findMs, 99)} ms, of ${findMs.length}`)
      say(`longest without ticket and game: ${longestLostMs} ms`)
      if (longestLostMs > LOST_MS_MAX) failures.push(`a ticket was lost for ${longestLostMs} ms`)
      return failures
    },
  }
}

/** Kills at a chunk, in any direction, soon after the first one that `isStart`. */
async function strikeAt(
  { random, clock }: Stage,
  proxy: FaultProxy,
  direction: 'up' | 'down',
  isStart: (chunk: Buffer) => boolean,
  kill: () => Promise<void>,
): Promise<void> {
  let ended: Promise<void> | null = null
  const strike = () => {
    ended ??= kill()
  }
  const chunks = below(random, CHUNKS_MAX + 1)
  const then = pick(random, ['up', 'down'] as const)
  const onStart = () => (chunks === 0 ? strike() : proxy.at(then, chunks, strike))
  proxy.at(direction, 1, onStart, isStart)
  await until(clock, HOOK_WITHIN_MS, () => ended !== null)
  strike()
  await ended
}
