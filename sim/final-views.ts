import type { Shown } from './check.ts'
import type { Truth } from './truth.ts'

/** Gateways compare the games that they show with their owners every 5 s; the rest is for the way. */
const SHOWN_WITHIN_MS = 7_000

/** A game is given up once nobody could bring it back: after attempts to take its shard, and when its route is forgotten. */
const GIVEN_UP_WITHIN_MS = 46_000

/** A server lets each socket go on watching so many finished games for sure. */
const FINISHED_WATCHED = 3

export interface FinalViewsOptions {
  readonly nowMs: number
  readonly truth: Truth
  /** By open socket. */
  readonly shown: readonly (readonly Shown[])[]
  /** Names of the servers that live. */
  readonly living: ReadonlySet<string>
  readonly violation: (promise: string, text: string) => void
}

/** P1, P3: whoever watches sees each game as the store has it, and was told of what the store has lost. */
export function checkViews({ nowMs, truth, shown, living, violation }: FinalViewsOptions): void {
  for (const { node, userId, gameId, version, moves, undone, late } of shown.flatMap(watched)) {
    const game = truth.get(gameId)
    if (game === undefined || !living.has(node)) continue
    const { course, risk, changedAtMs } = game
    const sight = `${userId} on ${node} was shown v${version} "${moves}" of ${gameId}`
    if (risk !== null) {
      if (!undone && !late && nowMs - risk.atMs > GIVEN_UP_WITHIN_MS)
        violation('P1', `${sight}, which the store has lost, and nobody says so`)
    } else if (nowMs - changedAtMs < SHOWN_WITHIN_MS) continue
    else if (version !== course.version || moves !== course.moves) {
      violation('P3', `${sight}, and nothing since; the store has v${course.version} "${course.moves}"`)
    }
  }
}

function watched(views: readonly Shown[]): readonly Shown[] {
  const dropped = new Set(views.filter(({ over }) => over).slice(0, -FINISHED_WATCHED))
  return views.filter((view) => !dropped.has(view))
}
