import type { GameId } from '../protocol/ids.ts'
import { OxoError } from './errors.ts'
import { guarded, type Unsubscribe } from './events.ts'
import {
  applyMessage,
  type GameMessage,
  type GameState,
  snapshotPromised,
  type Tracked,
  untracked,
} from './game-state.ts'
import type { Outcome } from './requests.ts'
import { type Waiter, waiterList } from './waiters.ts'

/** Games followed at a time. One more pushes the oldest out, finished ones first. */
export const GAMES_MAX = 32
/** Finished games kept although nobody looks at them. */
export const FINISHED_MAX = 8

/** The view of one game, kept up to date by itself: fits `useSyncExternalStore` and its like. */
export interface GameStore {
  readonly gameId: GameId
  /** The newest state, null before the first; the same object until something changes. */
  readonly get: () => GameState | null
  /** Calls `listener` after each change. */
  readonly subscribe: (listener: () => void) => Unsubscribe
  /** The first state, from now on, that fulfils `condition`. @throws OxoError when the game is forgotten or the client closed */
  readonly until: (condition: (state: GameState) => boolean) => Promise<GameState>
}

export interface GamesOptions {
  /** Sends WATCH and insists until it is answered; `outcome` is called in the turn of the answer, before its STATE. */
  readonly watch: (gameId: GameId, outcome: Outcome) => void
  /** Sends UNWATCH; nobody waits for it. */
  readonly unwatch: (gameId: GameId) => void
}

/** All games that this client follows. */
export interface Games {
  apply(message: GameMessage): void
  /** Subscribes, or learns the newest state again. @throws OxoError when refused */
  watch(gameId: GameId): Promise<GameState>
  /** Asks for the newest state, unless that is under way. */
  resync(gameId: GameId): void
  /** A new connection is subscribed to nothing: watches these and every game followed before. */
  rewatch(welcomed: readonly GameId[]): void
  /** Stops following; those who wait for a state of it get `error`. */
  forget(gameId: GameId, error: OxoError): void
  /** Those who wait for a state of any game get `error`. */
  failAll(error: OxoError): void
  store(gameId: GameId): GameStore
}

interface Entry {
  tracked: Tracked
  /** WATCH was sent and not yet answered. */
  watching: boolean
  /** Those who called `watch` and wait for the answer. */
  watchers: Waiter<GameState>[]
  /** False: the server has forgotten the finished game that we still show. */
  known: boolean
}

export function createGames({ watch: sendWatch, unwatch: sendUnwatch }: GamesOptions): Games {
  const entries = new Map<GameId, Entry>()
  const listeners = new Map<GameId, Set<() => void>>()
  const waiters = waiterList<GameId, GameState>()

  const stateOf = (gameId: GameId): GameState | null => entries.get(gameId)?.tracked.state ?? null

  function follow(gameId: GameId): Entry {
    const found = entries.get(gameId)
    if (found !== undefined) return found
    makeRoom()
    const entry: Entry = { tracked: untracked, watching: false, watchers: [], known: true }
    entries.set(gameId, entry)
    return entry
  }

  function makeRoom(): void {
    const ids = [...entries.keys()]
    const over = ids.filter((id) => (stateOf(id)?.status ?? 'active') !== 'active')
    const unused = over.filter((id) => !listeners.has(id) && !waiters.has(id))
    if (ids.length >= GAMES_MAX) drop(unused[0] ?? over[0] ?? ids[0]!)
    else if (unused.length >= FINISHED_MAX) drop(unused[0]!)
  }

  function drop(gameId: GameId): void {
    sendUnwatch(gameId)
    forget(gameId, new OxoError('NOT_FOUND', 'too many games were followed: the oldest was dropped'))
  }

  function apply(message: GameMessage): void {
    const { gameId } = message
    const entry = message.type === 'state' ? follow(gameId) : entries.get(gameId)
    if (entry === undefined) return // forgotten, or unwatched a moment ago
    const before = entry.tracked.state
    const { tracked, resync: missed } = applyMessage(entry.tracked, message)
    entry.tracked = tracked
    if (missed) resync(gameId)
    if (tracked.state === null || tracked.state === before) return
    tell(gameId)
    waiters.offer(gameId, tracked.state)
  }

  function tell(gameId: GameId): void {
    for (const listener of [...(listeners.get(gameId) ?? [])]) guarded(listener)
  }

  function resync(gameId: GameId): void {
    const entry = follow(gameId)
    if (entry.watching) return
    entry.watching = true
    sendWatch(gameId, {
      ok() {
        entry.watching = false
        entry.known = true
        entry.tracked = snapshotPromised(entry.tracked)
        for (const waiter of entry.watchers.splice(0)) waiters.add(gameId, waiter)
      },
      failed(error) {
        entry.watching = false
        for (const waiter of entry.watchers.splice(0)) waiter.reject(error)
        if (entries.get(gameId) !== entry || error.code === 'CLOSED') return
        const over = (entry.tracked.state?.status ?? 'active') !== 'active'
        if (over) entry.known = false
        else forget(gameId, error)
      },
    })
  }

  function forget(gameId: GameId, error: OxoError): void {
    const entry = entries.get(gameId)
    entries.delete(gameId)
    for (const waiter of entry?.watchers.splice(0) ?? []) waiter.reject(error)
    waiters.fail(gameId, error)
    if (entry !== undefined) tell(gameId)
  }

  return {
    apply,
    resync,
    forget,
    watch: (gameId) =>
      new Promise((resolve, reject) => {
        follow(gameId).watchers.push({ condition: () => true, resolve, reject })
        resync(gameId)
      }),
    rewatch(welcomed) {
      const followed = [...entries].filter(([, entry]) => entry.known).map(([gameId]) => gameId)
      for (const gameId of new Set([...welcomed, ...followed])) resync(gameId)
    },
    failAll: (error) => waiters.failAll(error),
    store: (gameId) => ({
      gameId,
      get: () => stateOf(gameId),
      subscribe(listener) {
        const own = () => listener()
        const set = listeners.get(gameId) ?? new Set()
        listeners.set(gameId, set.add(own))
        return () => {
          set.delete(own)
          if (set.size === 0 && listeners.get(gameId) === set) listeners.delete(gameId)
        }
      },
      until: (condition) =>
        new Promise((resolve, reject) => {
          waiters.add(gameId, { condition, resolve, reject })
          const state = stateOf(gameId)
          if (state !== null) waiters.offer(gameId, state)
        }),
    }),
  }
}
