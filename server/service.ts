import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { below, type Random } from '../kit/random.ts'
import { type Refusal, refusal } from '../protocol/errors.ts'
import type { Durability, ServiceLevel } from '../protocol/messages.ts'
import type { Connection, Outbox } from './gateway/connection.ts'
import { createFarewell } from './gateway/farewell.ts'
import type { LocalPlayer, Players } from './gateway/players.ts'
import { FULL, nextLevel, type SwitchedLevel, shareToSendAway } from './level.ts'
import type { Metrics } from './metrics.ts'
import type { Gate } from './shard/gate.ts'

const LOOK_EVERY_MS = 250
/** Least delay that is asked for while a server drains or the store is out of reach, in ms. */
const RETRY_DRAINING_MS = 1_000
const RETRY_EMERGENCY_MS = 2_000
/** Games end in minutes, and make room. */
const RETRY_FULL_MS = 5_000
/** As long as a maintenance lasts whose end is not known, or was promised too early, in ms. */
const RETRY_MAINTENANCE_MS = 30_000
/** Whoever was sent away comes back spread over this, in ms. */
const RETURN_SPREAD_MS = 2_000
/** In maintenance a socket without a running game leaves after this, in ms: its player has seen how the game ended. */
const IDLE_BEFORE_LEAVING_MS = 5_000
/** So many sockets leave at once. */
const LEAVING_AT_ONCE = 50

/** The operator's switch. `etaMs`: how much longer the maintenance is expected to last, in ms; null: not known. */
export interface OperatorSwitch {
  readonly level: SwitchedLevel
  readonly etaMs: number | null
  /** For players. */
  readonly message: string | null
}

export interface ServiceOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly nodeId: string
  readonly durability: Durability
  /** How long the store has not been heard, in ms. */
  readonly silentMs: () => number
  readonly gates: () => readonly Gate[]
  readonly players: Players
  readonly outbox: Outbox
}

/** Whether this server takes players, games and sockets, and at which level it serves. */
export function createService(options: ServiceOptions) {
  const { clock, random, log, metrics, players, outbox, nodeId, durability } = options
  const farewell = createFarewell(clock, players, outbox)
  const startedMs = clock.monotonic()
  let phase: 'starting' | 'ok' | 'draining' = 'starting'
  let state = FULL
  let limited = false
  let storeFull = false
  let switched: SwitchedLevel = 'full'
  let message: string | null = null
  /** When the maintenance is expected to end, monotonic ms. */
  let endMs: number | null = null
  /** Sockets at the moment when the first was sent away, and those that were. */
  let leaving: { readonly all: number; told: number } | null = null
  let idleSinceMs = new Map<Connection, number>()
  let cancel: CancelTimer = () => {}

  /** As things are at this moment. */
  function level(): ServiceLevel {
    const gates = options.gates()
    let trusted = 0
    for (const gate of gates) if (gate.trusted()) trusted += 1
    state = nextLevel(state, {
      nowMs: clock.monotonic(),
      silentMs: options.silentMs(),
      shards: gates.length,
      trusted,
      limited,
      switched,
    })
    return state.level
  }

  const etaMs = (): number | null => (endMs === null ? null : Math.max(0, Math.round(endMs - clock.monotonic())))

  /** What a client shall wait for the end of a maintenance, in ms. */
  const maintenanceMs = (): number => etaMs() || RETRY_MAINTENANCE_MS

  /** Why no new socket is taken now; null: they are. */
  function closedFor(): Refusal | null {
    if (phase !== 'ok')
      return refusal('UNAVAILABLE', 'this server takes nothing new', { retryAfterMs: RETRY_DRAINING_MS })
    const now = level()
    if (switched === 'maintenance')
      return refusal('UNAVAILABLE', message ?? 'maintenance', { retryAfterMs: maintenanceMs() })
    return now === 'emergency'
      ? refusal('UNAVAILABLE', 'the store is out of reach', { retryAfterMs: RETRY_EMERGENCY_MS })
      : null
  }

  /** Why no new game or ticket is taken now; null: they are. */
  function closedForGames(): Refusal | null {
    const closed = closedFor()
    if (closed !== null || !storeFull) return closed
    return refusal('UNAVAILABLE', 'the store is nearly full: no new games', { retryAfterMs: RETRY_FULL_MS })
  }

  function look(): void {
    const now = level()
    if (now !== metrics.serviceLevel) log.warn('service_level', { from: metrics.serviceLevel, to: now })
    metrics.serviceLevel = now
    if (phase !== 'ok') return
    const share = shareToSendAway(state, clock.monotonic())
    if (share !== null) sendAway(share)
    else leaving = null
    if (switched === 'maintenance') sendIdleAway()
    else idleSinceMs = new Map()
  }

  /** This server is cut off: others may not be. The first socket leaves at once, the last one at the end of the spread. */
  function sendAway(share: number): void {
    leaving ??= { all: [...players.all()].reduce((sum, { connections }) => sum + connections.length, 0), told: 0 }
    const due = share === 1 ? Number.POSITIVE_INFINITY : 1 + Math.floor(share * (leaving.all - 1)) - leaving.told
    leaving.told += farewell.say(
      'cut_off',
      due,
      () => below(random, RETURN_SPREAD_MS),
      () => true,
    )
  }

  /** Running games go on, and whoever plays or watches one stays. */
  function sendIdleAway(): void {
    const nowMs = clock.monotonic()
    const before = idleSinceMs
    idleSinceMs = new Map()
    for (const player of players.all()) {
      for (const connection of player.connections) {
        if (isIdle(player, connection)) idleSinceMs.set(connection, before.get(connection) ?? nowMs)
      }
    }
    const hasLeft = (_: LocalPlayer, connection: Connection) =>
      nowMs - (idleSinceMs.get(connection) ?? nowMs) >= IDLE_BEFORE_LEAVING_MS
    farewell.say('maintenance', LEAVING_AT_ONCE, () => maintenanceMs() + below(random, RETURN_SPREAD_MS), hasLeft)
  }

  return {
    level,
    closedFor,
    closedForGames,
    isOpen: (): boolean => phase === 'ok',
    isDraining: (): boolean => phase === 'draining',
    /** The fields of WELCOME that are the server's. */
    greeting: () => ({ server: nodeId, level: level(), durability }),
    health: () => {
      const now = level()
      const status = phase === 'ok' && now === 'emergency' ? ('unavailable' as const) : phase
      const uptimeMs = Math.round(clock.monotonic() - startedMs)
      return { status, level: now, durability, server: nodeId, uptimeMs, draining: phase === 'draining' }
    },
    /** A store that play does not need (statistics, finished games) is down, or back. */
    setLimited(on: boolean): void {
      limited = on
      look()
    },
    /** The live store has no room for new games; running ones end. Or it has again. */
    setStoreFull(full: boolean, share: number): void {
      if (full !== storeFull) log.warn(full ? 'store_full' : 'store_has_room', { share })
      storeFull = full
      metrics.storeShare = share
    },
    operate(next: OperatorSwitch): void {
      switched = next.level
      message = next.message
      endMs = next.etaMs === null ? null : clock.monotonic() + next.etaMs
      log.warn('level_switched', { ...next })
      look()
    },
    /** As it stands now. */
    operator: (): OperatorSwitch => ({ level: switched, etaMs: etaMs(), message }),
    start(): void {
      phase = 'ok'
      cancel = every(clock, LOOK_EVERY_MS, look)
    },
    drain(): void {
      phase = 'draining'
      cancel()
      farewell.stop()
    },
  }
}
export type Service = ReturnType<typeof createService>

const isIdle = (player: LocalPlayer, { watching }: Connection): boolean =>
  player.playing === null && watching.every(({ over }) => over)
