import { delay } from '../kit/clock.ts'
import type { Crowd } from '../loadtest/crowd.ts'
import { cpuNs } from '../loadtest/process-usage.ts'
import { type Bench, connectAll, crowdOf, median, openGames, requireClean, type Subject } from './subject.ts'

/** Moves until a program's hot code is compiled and its heap has its size: seen as compiler threads falling silent. */
const WARM_UP_MOVES = 100_000
/** In steps of so many ms, and at most so many of them. */
const WARM_UP_STEP_MS = 1_000
const WARM_UP_STEPS_MAX = 15
/** At the start of each window, so that it begins in full swing, in ms. */
const SWING_MS = 300
/** The floor does the same traffic: bytes a move may differ by this part (a rare WATCHERS is left out of it). */
const BYTES_TOLERANCE = 0.02

export interface Traffic {
  readonly cpuUs: number
  readonly bytesPerMove: number
  readonly framesPerMove: number
  readonly movesPerSecond: number
}

export interface ClosedLoop {
  readonly server: Traffic
  readonly floor: Traffic
  /** Server over floor, for each pair of windows. */
  readonly ratios: readonly number[]
}

/**
 * Both programs in turn, each with its own players who move as soon as they may: CPU time a move. Windows alternate and
 * swap their order from pair to pair, so that what else the machine does falls on both.
 */
export async function measureClosedLoop(
  bench: Bench,
  subjects: readonly [Subject, Subject],
  tokens: readonly string[],
  { pairs, seconds }: { readonly pairs: number; readonly seconds: number },
): Promise<ClosedLoop> {
  const sides: Side[] = []
  for (const subject of subjects) {
    const crowd = crowdOf(bench, subject, tokens)
    await connectAll(subject, crowd)
    await openGames(subject, crowd)
    sides.push({ subject, crowd, windows: [] })
  }
  const [server, floor] = sides as [Side, Side]
  for (const side of sides) await warmUp(bench, side)
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of pair % 2 === 0 ? [server, floor] : [floor, server]) {
      side.windows.push(await playFor(bench, side, seconds * 1_000))
    }
  }
  for (const { subject, crowd } of sides) {
    requireClean(subject, crowd)
    await crowd.close()
  }
  const result = {
    server: medians(server.windows),
    floor: medians(floor.windows),
    ratios: server.windows.map(({ cpuUs }, pair) => cpuUs / floor.windows[pair]!.cpuUs),
  }
  requireSameBytes(result)
  return result
}

interface Side {
  readonly subject: Subject
  readonly crowd: Crowd
  readonly windows: Traffic[]
}

async function warmUp({ clock }: Bench, { crowd }: Side): Promise<void> {
  crowd.playClosedLoop()
  for (let step = 0; step < WARM_UP_STEPS_MAX && crowd.tally.moves < WARM_UP_MOVES; step++) {
    await delay(clock, WARM_UP_STEP_MS)
  }
  crowd.pause()
  await delay(clock, SWING_MS)
}

async function playFor({ clock }: Bench, { subject, crowd }: Side, durationMs: number): Promise<Traffic> {
  const { tally } = crowd
  crowd.playClosedLoop()
  await delay(clock, SWING_MS)
  const startMs = clock.monotonic()
  const before = { cpu: cpuNs(subject.process.pid), moves: tally.moves, bytes: tally.bytesIn, frames: tally.framesIn }
  await delay(clock, durationMs)
  const moves = tally.moves - before.moves
  const window = {
    cpuUs: (cpuNs(subject.process.pid) - before.cpu) / 1_000 / moves,
    bytesPerMove: (tally.bytesIn - before.bytes) / moves,
    framesPerMove: (tally.framesIn - before.frames) / moves,
    movesPerSecond: (moves * 1_000) / (clock.monotonic() - startMs),
  }
  crowd.pause()
  await delay(clock, SWING_MS)
  return window
}

const medians = (windows: readonly Traffic[]): Traffic => ({
  cpuUs: median(windows.map((window) => window.cpuUs)),
  bytesPerMove: median(windows.map((window) => window.bytesPerMove)),
  framesPerMove: median(windows.map((window) => window.framesPerMove)),
  movesPerSecond: median(windows.map((window) => window.movesPerSecond)),
})

function requireSameBytes({ server, floor }: ClosedLoop): void {
  if (Math.abs(server.bytesPerMove / floor.bytesPerMove - 1) > BYTES_TOLERANCE) {
    throw new Error(
      `the floor is not the server's traffic: ${floor.bytesPerMove} and ${server.bytesPerMove} bytes a move`,
    )
  }
}
