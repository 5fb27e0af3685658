import { below, fraction, seededRandom } from '../kit/random.ts'
import { virtualClock } from '../kit/virtual-clock.ts'
import { decodeRecord } from '../ports/room-record.ts'
import { TURN_AFTER_TAKEOVER_MS_MIN } from '../protocol/limits.ts'
import { createCheck } from './check.ts'
import { createDatabases } from './databases.ts'
import { strike } from './faults.ts'
import { checkEnd } from './final.ts'
import { checkResults } from './final-results.ts'
import { checkViews } from './final-views.ts'
import { trapMatchmaker } from './matchmaker-faults.ts'
import { bootMatchmaker, type MatchmakerNode } from './matchmakers.ts'
import { createNet } from './net.ts'
import { bootNode, type Node } from './node.ts'
import { createOwnership } from './ownership.ts'
import { createPlayer, type Player } from './player.ts'
import type { Process } from './process.ts'
import { createQueueTruth } from './queue-truth.ts'
import { createStore } from './store.ts'
import { createTrace } from './trace.ts'
import { createTraps } from './traps.ts'
import { createTruth, type GameTruth } from './truth.ts'
import { strikeWriters } from './writer-faults.ts'
import { bootWriter, type WriterNode } from './writers.ts'

export const SERVERS = 3
export const PLAYERS = 12
/** Faults come from here to there, then all is healed, in virtual ms. */
const CALM_MS = 3_000
const FAULTS_END_MS = 31_000
/** Who waits is looked up this often, and a little more, in virtual ms. */
const TICKET_LOOK_MS = 8_000
/** No new games from here on. */
const REST_MS = 44_000
const END_MS = 60_500
/** Between two looks at everything, in ms. */
const LOOK_EVERY_MS = 500

export interface SeedReport {
  readonly seed: number
  readonly steps: number
  readonly faults: number
  /** Finished ones. */
  readonly games: number
  readonly moves: number
  readonly hash: string
  readonly violations: readonly string[]
  readonly points: Readonly<Record<string, number>>
}

export interface SeedOptions {
  readonly seed: number
  readonly faults?: boolean
  readonly print?: ((line: string) => void) | null
}

/** Runs one seed from the first boot to the last judgement. */
export async function runSeed({ seed, faults = true, print = null }: SeedOptions): Promise<SeedReport> {
  const clock = virtualClock()
  const random = seededRandom(seed)
  const fork = () => seededRandom(random.uint32())
  const trace = createTrace(() => clock.monotonic(), print)
  const violations: string[] = []
  const points: Record<string, number> = {}
  const hit = (point: string) => {
    points[point] = (points[point] ?? 0) + 1
  }
  const violation = (promise: string, text: string) => {
    const line = `[${promise}] at ${(clock.monotonic() / 1_000).toFixed(3)} s: ${text}`
    trace.note(() => `!!! ${line}`)
    if (violations.length < 20) violations.push(line)
  }

  /** Some stores are replicated: what was answered survives a failover. */
  const replicated = below(random, 4) === 0
  if (replicated) hit('setting COMMIT_REPLICAS')
  const everBooted: Node[] = []
  const active = new Map<string, GameTruth>()
  let finished = 0
  let storeLost = false
  const byOwner = (owner: string) => everBooted.find(({ server }) => server.node === owner)
  const truth = createTruth({
    nowMs: () => clock.monotonic(),
    leastTurnMs: TURN_AFTER_TAKEOVER_MS_MIN - 400,
    violation,
    impairedSince: (owner, sinceMs) => (byOwner(owner)?.process.impairedAtMs() ?? 0) >= sinceMs - 3_000,
    opened(game) {
      for (const userId of game.players) {
        const other = active.get(userId)
        if (other !== undefined && other.course.status === 'active' && other.risk === null && !storeLost) {
          violation('P5', `${userId} plays ${other.gameId} and ${game.gameId}`)
        }
        if (!userId.startsWith('bot-')) active.set(userId, game)
      }
    },
    ended(game) {
      finished += 1
      for (const userId of game.players) if (active.get(userId) === game) active.delete(userId)
    },
  })

  const ownership = createOwnership(clock, () => everBooted, violation)
  const traps = createTraps(clock)
  const matchmakerTraps = createTraps(clock)
  const queue = createQueueTruth()
  const storeHooks = {
    hit,
    owned: ownership.check,
    applied(process: Process, method: string) {
      traps.sprung(process, method)
      matchmakerTraps.sprung(process, method)
    },
    queued: queue.applied,
  }
  const store = createStore(clock, fork(), truth, storeHooks, { replicated })
  /** An end that the replica does not have yet may be seen by who reads: it is no game to come back to. */
  function activeGame(userId: string): GameTruth | null {
    const game = active.get(userId) ?? null
    if (game === null || !replicated) return game
    const stored = decodeRecord(store.recordOf(game.gameId) ?? '')
    return stored.ok && stored.value.room.status !== 'active' ? null : game
  }
  const net = createNet(clock, fork(), hit)
  const check = createCheck({
    truth,
    trace,
    violation,
    hit,
    activeGame,
    storeLost: () => storeLost,
    nowMs: () => clock.monotonic(),
    disordered: () => points['bus message out of order'] !== undefined,
  })
  let sockets = 0
  const nodeWorld = {
    clock,
    random: fork(),
    trace,
    store,
    net,
    tap: check,
    nextSocketId: () => ++sockets,
    hit,
    crashed: (name: string, error: unknown) =>
      violation('P8', `${name} crashed: ${error instanceof Error ? error.stack : error}`),
  }
  const boots = new Map<string, number>()
  const nodes = () => everBooted.filter(({ state }) => state !== 'dead')

  function boot(id: string): void {
    const count = (boots.get(id) ?? 0) + 1
    boots.set(id, count)
    const node = bootNode(id, count, nodeWorld)
    everBooted.push(node)
  }

  /** What a supervisor does: a dead server comes back. */
  const reboot = (id: string, afterMs: number) =>
    void clock.after(afterMs, () => {
      if (!nodes().some((node) => node.id === id)) boot(id)
    })

  for (let n = 1; n <= SERVERS; n++) boot(`n${n}`)
  /** One that leads, one that stands by. */
  const matchmakers: MatchmakerNode[] = []
  const bootLeader = (id: string) => {
    const count = (boots.get(id) ?? 0) + 1
    boots.set(id, count)
    matchmakers.push(bootMatchmaker(id, count, nodeWorld))
  }
  for (const id of ['m1', 'm2']) bootLeader(id)

  const players: Player[] = []
  const playersRandom = fork()
  for (let n = 0; n < PLAYERS; n++) {
    const userId = `p${n}`
    players.push(
      createPlayer({
        clock,
        random: seededRandom(playersRandom.uint32()),
        userId,
        nodes: () => everBooted.filter(({ state }) => state === 'up'),
        dawdling: () => clock.monotonic() < FAULTS_END_MS,
        resting: () => clock.monotonic() >= REST_MS,
        others: () => players.filter((player) => player.userId !== userId),
        hit,
        forsaken(node, sinceMs) {
          if (node.process.impairedAtMs() >= sinceMs - 1_000 || node.state !== 'up') return
          // A server whose wall clock is an hour behind makes an absence look that long: the ticket has expired.
          if (points['fault clock jump'] !== undefined) return
          // The game came and went elsewhere, or was lost, before this server looked: no frame tells of that.
          if (truth.overSince(userId, sinceMs - TICKET_LOOK_MS)) return
          violation(
            'P1',
            `${userId} waits on ${node.process.name}, and is told nothing since ${Math.round(sinceMs)} ms`,
          )
        },
        unanswered(node, request, sinceMs) {
          if (node.process.impairedAtMs() >= sinceMs - 1_000 || node.state !== 'up') return
          violation('P8', `${node.process.name} never answered ${userId}: ${JSON.stringify(request)}`)
        },
      }),
    )
  }
  for (const player of players) clock.after(500, player.start)
  // Whoever has lost sight of a game that still runs finds it again by coming back.
  clock.after(REST_MS + 1_000, () => {
    for (const player of players) if (player.game() === null) player.cut()
  })

  let struck = 0
  const faultRandom = fork()
  const faultWorld = {
    clock,
    random: faultRandom,
    trace,
    store,
    net,
    players,
    nodes,
    traps,
    matchmakers: () => matchmakers.filter(({ process }) => process.alive()),
    reboot,
    rebootMatchmaker: (id: string, afterMs: number) => void clock.after(afterMs, () => bootLeader(id)),
    hit,
  }
  if (faults) {
    const count = 3 + below(faultRandom, 5)
    for (let n = 0; n < count; n++) {
      const atMs = CALM_MS + fraction(faultRandom) * (FAULTS_END_MS - CALM_MS)
      clock.after(atMs, () => {
        for (let tries = 0; tries < 20; tries++) {
          const name = strike(faultWorld)
          if (name === null) continue
          struck += 1
          if (name === 'store clock jump') ownership.leasesCut()
          const failsOver = ['store failover', 'store and server lost', 'claim forgotten'].includes(name)
          if (name === 'store restart empty' || (failsOver && !replicated)) storeLost = true
          return
        }
      })
    }
  }

  const databases = createDatabases(clock, store)
  const writerTraps = createTraps(clock)
  const writerWorld = { ...nodeWorld, random: fork(), databases, applied: writerTraps.sprung }
  const everWriting: WriterNode[] = []
  const bootWriterOf = (id: string) => {
    const count = (boots.get(id) ?? 0) + 1
    boots.set(id, count)
    everWriting.push(bootWriter(id, count, writerWorld))
  }
  for (const id of ['w1', 'w2']) bootWriterOf(id)
  const writerFaultRandom = fork()
  const writerFaultWorld = {
    ...{ clock, random: writerFaultRandom, trace, databases, traps: writerTraps, hit },
    writers: () => everWriting.filter(({ process }) => process.alive()),
    rebootWriter: (id: string, afterMs: number) => void clock.after(afterMs, () => bootWriterOf(id)),
  }
  for (let n = faults ? below(writerFaultRandom, 5) : 0; n > 0; n--) {
    const atMs = CALM_MS + fraction(writerFaultRandom) * (FAULTS_END_MS - CALM_MS)
    clock.after(atMs, () => strikeWriters(writerFaultWorld))
  }

  const trapRandom = fork()
  const trapWorld = { ...faultWorld, random: trapRandom, traps: matchmakerTraps }
  for (let n = faults ? below(trapRandom, 4) : 0; n > 0; n--) {
    const atMs = CALM_MS + fraction(trapRandom) * (FAULTS_END_MS - CALM_MS)
    clock.after(atMs, () => trapMatchmaker(trapWorld))
  }

  for (const { clear } of [traps, writerTraps, matchmakerTraps]) clock.after(FAULTS_END_MS, clear)
  function look(): void {
    ownership.check()
    for (const player of players) player.nudge()
    for (let n = 1; n <= SERVERS; n++) {
      const id = `n${n}`
      if (clock.monotonic() > FAULTS_END_MS && !nodes().some((node) => node.id === id)) reboot(id, 100)
    }
    clock.after(LOOK_EVERY_MS, look)
  }
  look()

  const unhandled = (error: unknown) => nodeWorld.crashed('a server', error)
  process.on('unhandledRejection', unhandled)
  await clock.advance(END_MS).finally(() => process.off('unhandledRejection', unhandled))
  await checkResults({ nowMs: clock.monotonic(), truth, databases, violation })
  if (!storeLost) await queue.check(store, truth, violation)
  const living = new Set(nodes().map((node) => node.process.name))
  checkViews({ nowMs: clock.monotonic(), truth, shown: check.views(), living, violation })
  checkEnd({ clock, truth, store, databases, players, nodes: nodes(), violation, storeLost })
  let moves = 0
  for (const { course } of truth.games.values()) moves += course.moves.length
  return { seed, steps: trace.steps(), faults: struck, games: finished, moves, hash: trace.hash(), violations, points }
}
