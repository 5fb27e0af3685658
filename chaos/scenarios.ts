import { delay } from '../kit/clock.ts'
import { below, fraction, pick } from '../kit/random.ts'
import type { ChaosServer } from './platform.ts'
import type { Stage } from './run.ts'
import { until } from './store.ts'

const PAUSE_MS_MIN = 1_000
const PAUSE_MS_MAX = 10_000
/** A hook on traffic that does not come strikes anyway after this, ms. */
const HOOK_WITHIN_MS = 500
const HOOK_CHUNKS_MAX = 30
/** Between two faults, ms, at most: they fall on other moments of renewals and heartbeats each time. */
const BREATH_MS = 1_000
const SETTLE_MS = 1_000

const repeat = async (stage: Stage, times: number, what: string, once: (n: number) => Promise<void>): Promise<void> => {
  for (let n = 1; n <= times; n++) {
    await once(n)
    if (n % 10 === 0 || n === times) stage.say(`${what}: ${n} of ${times}`)
    await delay(stage.clock, fraction(stage.random) * BREATH_MS)
  }
}

/** kill -9 of a server at any moment, or just before or after a commit of it is answered; a new server follows each. */
export const kills = (times: number) => (stage: Stage) =>
  repeat(stage, times, 'kills', async (n) => {
    const { platform, random, clock } = stage
    const victim = pick(random, platform.servers())
    const shards = await platform.shardsOf(victim)
    const how = (['kill', 'kill at a call', 'kill at a reply'] as const)[n % 3]!
    let ended: Promise<void> | null = null
    const strike = () => {
      if (ended !== null) return
      platform.fault(how, { node: victim.nodeId, shards })
      ended = platform.endServer(victim, 'SIGKILL')
    }
    if (how !== 'kill') {
      victim.proxy.at(how === 'kill at a call' ? 'up' : 'down', 1 + below(random, HOOK_CHUNKS_MAX), strike)
      await until(clock, HOOK_WITHIN_MS, () => ended !== null)
    }
    strike()
    const progress = stage.progress(shards)
    await ended
    await platform.addServer()
    if (!(await progress)) stage.say(`kill ${n}: not every shard of ${victim.nodeId} went on`)
  })

/** SIGSTOP for 1 s up to `mostMs`: the server wakes up as a zombie when others have taken its shards. */
export const pauses =
  (times: number, mostMs = PAUSE_MS_MAX) =>
  (stage: Stage) =>
    repeat(stage, times, 'pauses', async () => {
      const { platform, random, clock } = stage
      const victim = pick(random, platform.servers())
      const shards = await platform.shardsOf(victim)
      platform.fault('pause', { node: victim.nodeId, shards })
      process.kill(victim.pid, 'SIGSTOP')
      await delay(clock, PAUSE_MS_MIN + fraction(random) * (mostMs - PAUSE_MS_MIN))
      process.kill(victim.pid, 'SIGCONT')
      platform.healed('pause', { node: victim.nodeId })
      await stage.progress(shards)
    })

async function drain(stage: Stage, kind: string, victim: ChaosServer, entry?: string): Promise<void> {
  const { platform, clock } = stage
  await platform.addServer(entry)
  await delay(clock, SETTLE_MS)
  const shards = await platform.shardsOf(victim)
  platform.fault(kind, { node: victim.nodeId, shards })
  await platform.endServer(victim, 'SIGTERM')
  platform.healed(kind, { node: victim.nodeId })
  await delay(clock, SETTLE_MS)
}

/** SIGTERM of a server after a new one is there, as a deploy does. */
export const drains = (times: number) => (stage: Stage) =>
  repeat(stage, times, 'drains', () => drain(stage, 'drain', pick(stage.random, stage.platform.servers())))

/** Every server replaced, one after the other; `entry`: by that of another release. */
export const rolling =
  (kind = 'drain in a rolling restart', entry?: string) =>
  async (stage: Stage): Promise<void> => {
    for (const server of stage.platform.servers()) await drain(stage, kind, server, entry)
    stage.say(`${kind}: done`)
  }

/** The matchmaker killed, paused or ended in order, and another started at once or soon. */
export const matchmakers = (times: number) => async (stage: Stage) => {
  const { platform, random, clock } = stage
  let name = 'matchmaker-1'
  await repeat(stage, times, 'matchmakers', async (n) => {
    const signal = (['SIGKILL', 'SIGTERM'] as const)[n % 2]!
    platform.fault(`matchmaker ${signal}`, { node: name })
    await platform.endMatchmaker(name, signal)
    name = `matchmaker-${n + 1}`
    await delay(clock, fraction(random) * 2_000)
    await platform.startMatchmaker(name)
    platform.healed(`matchmaker ${signal}`, { node: name })
    await delay(clock, 2 * SETTLE_MS)
  })
}
