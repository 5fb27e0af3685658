import { shardOf } from '../protocol/ids.ts'
import { createLiveGames } from './crowd.ts'
import type { Event } from './history.ts'

/** Answers that come so soon after a kill, in ms, are the dead server's last words: no lease ends that early. */
const LAST_WORDS_MS = 1_000

interface Takeover {
  readonly sinceMs: number
  readonly games: Map<string, boolean>
}

interface Drain {
  readonly sinceMs: number
  untilMs: number
  readonly shards: ReadonlySet<number>
  /** The longest wait for a move's OK of each game, ms. */
  readonly pauses: Map<string, number>
}

/** Durations of a history, in ms; `see` every event in its order. */
export function createMeasures() {
  const live = createLiveGames()
  const open = new Map<number, Takeover>()
  const shardMs: number[] = []
  const gameMs: number[] = []
  const drains: Drain[] = []
  const moveMs: number[] = []
  const faults = new Map<string, number>()

  function fault(event: Extract<Event, { e: 'fault' }>): void {
    faults.set(event.kind, (faults.get(event.kind) ?? 0) + 1)
    const shards = new Set(event.shards)
    if (event.kind.startsWith('drain')) {
      drains.push({ sinceMs: event.t, untilMs: Number.POSITIVE_INFINITY, shards, pauses: new Map() })
    }
    if (!event.kind.startsWith('kill')) return
    for (const shard of shards) {
      if (open.has(shard)) continue
      const games = live.ids().filter((id) => shardOf(id) === shard)
      if (games.length > 0) open.set(shard, { sinceMs: event.t, games: new Map(games.map((id) => [id, false])) })
    }
  }

  function acknowledged({ t, since, g }: Extract<Event, { e: 'ok' }>): void {
    const shard = shardOf(g!)
    moveMs.push(t - since)
    for (const drain of drains) {
      if (drain.shards.has(shard!) && t >= drain.sinceMs && since <= drain.untilMs)
        drain.pauses.set(g!, Math.max(drain.pauses.get(g!) ?? 0, t - since))
    }
    const takeover = open.get(shard!)
    if (takeover === undefined || t < takeover.sinceMs + LAST_WORDS_MS || takeover.games.get(g!) !== false) return
    if (![...takeover.games.values()].includes(true)) shardMs.push(t - takeover.sinceMs)
    takeover.games.set(g!, true)
    gameMs.push(t - takeover.sinceMs)
  }

  /** Games that ended otherwise are not waited for. */
  function closeFinished(): void {
    for (const [shard, { games }] of open) {
      for (const [id, done] of games) if (!done && live.lastOkMs(id) === null) games.delete(id)
      if ([...games.values()].every((done) => done)) open.delete(shard)
    }
  }

  return {
    see(event: Event): void {
      if (event.e === 'ok' && event.type === 'move') acknowledged(event)
      live.see(event)
      if (event.e === 'fault') fault(event)
      if (event.e === 'healed' && event.kind.startsWith('drain')) {
        const last = drains.findLast((drain) => drain.untilMs === Number.POSITIVE_INFINITY)
        if (last) last.untilMs = event.t
      }
      if (event.e === 'ok' || event.e === 'ended' || event.e === 'state') closeFinished()
    },
    result: () => ({
      faults: Object.fromEntries(faults),
      /** From kill -9 to the first acknowledged move of each shard that the server held. */
      takeoverMs: shardMs,
      /** The same for each of its games: with the players' own return and thinking. */
      gameTakeoverMs: gameMs,
      handoverMs: drains.flatMap((drain) => [...drain.pauses.values()]),
      moveMs,
      notTakenOver: open.size,
    }),
  }
}

/** The smallest value that at least `percent` of all do not exceed; null of none. */
export function percentile(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]! * 10) / 10
}
