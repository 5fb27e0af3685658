import type { Clock } from '../kit/clock.ts'
import { sendMove } from './player.ts'
import type { Game } from './table.ts'

/** Between two looks at the wheel, in ms. */
const TICK_MS = 1
/** The golden ratio's fraction: successive games get evenly spread phases, however many there are. */
const SPREAD = 0.6180339887

/** Gives every game one move a period, each at its own phase of it. */
export interface Pace {
  add(game: Game): void
  /** A mover became ready after its game's move had come due. */
  ready(game: Game): void
  stop(): void
}

/**
 * Open loop: a move counts from when it was due, even if the generator or the server was late, so that a stall shows in
 * every move that it delayed (no coordinated omission).
 */
export function startPace(clock: Clock, periodMs: number): Pace {
  const wheel = Array.from({ length: periodMs }, (): Game[] => [])
  let added = 0
  let nextMs = Math.ceil(clock.monotonic())
  const tick = (): void => {
    const nowMs = clock.monotonic()
    for (; nextMs <= nowMs; nextMs++) {
      const slot = nextMs % periodMs
      if (wheel[slot]!.length > 0) wheel[slot] = wheel[slot]!.filter((game) => moveDue(game, nextMs))
    }
    cancel = clock.after(TICK_MS, tick)
  }
  let cancel = clock.after(TICK_MS, tick)
  return {
    add(game) {
      added += 1
      wheel[Math.floor(((added * SPREAD) % 1) * periodMs)]!.push(game)
    },
    ready(game) {
      if (game.dueAtMs >= 0) sendMove(game, game.dueAtMs)
    },
    stop: () => cancel(),
  }
}

function moveDue(game: Game, dueMs: number): boolean {
  if (game.over) return false
  if (game.ready && game.seats[(game.ply & 1) as 0 | 1]?.moveRid === 0) sendMove(game, dueMs)
  else if (game.dueAtMs < 0) game.dueAtMs = dueMs
  return true
}
