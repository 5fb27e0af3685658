import { type CancelTimer, every } from '../kit/clock.ts'
import { below, fraction, pick } from '../kit/random.ts'
import type { ServerMessage } from '../protocol/messages.ts'
import { type Asked, messageOf } from './asked.ts'
import { type ConnectionOptions, createConnection } from './connection.ts'
import { freeCells, type Game, mayMove } from './game.ts'
import type { History } from './history.ts'
import { createOwed } from './owed.ts'
import { shownBy } from './shown.ts'

/** How a player behaves; the rest are probabilities. */
export interface Habits {
  readonly thinkMs: number
  readonly resigns: number
  readonly rematches: number
  readonly spectates: number
}

export interface PlayerOptions extends ConnectionOptions {
  readonly history: History
  readonly habits: Habits
  readonly index: number
  /** A running game of somebody to look at. */
  readonly game: () => string | null
}

interface Pending {
  readonly asked: Asked
  readonly since: number
  readonly rid: number
  sentMs: number
  cancel: CancelTimer
}

const LOOK_MS = 250
/** QUEUE comes every 5 s while one waits. */
const QUEUE_SILENT_MS = 15_000
/** Servers answer within 5 s, if the store does: then one may repeat, though the first may still be answered. */
const ANSWER_MS = 6_500
const REMATCH_WAIT_MS = 1_500

/** One who plays for ever, comes back anywhere, and repeats what was not answered (P4). Everything goes into the history. */
export function createPlayer(options: PlayerOptions) {
  const { clock, random, history, habits, index: p } = options
  const owed = createOwed(clock)
  let leaving = false
  let finding = true
  let lastRid = 0
  let queued = false
  let queueHeardMs = 0
  let game: Game | null = null
  let pending: Pending | null = null
  let watchRids = new Map<number, string>()
  let watched: string | null = null
  let cancelNext: CancelTimer = () => {}

  const connection = createConnection(options, {
    receive,
    dropped(s, code, status) {
      history.add({ t: t(), e: 'closed', p, s, code, status })
      leaving = false
      watchRids = new Map()
      owed.clear()
      watched = null
      cancelNext()
      pending?.cancel()
    },
  })
  const { write } = connection
  const from = () => ({ p, s: connection.id() })
  const t = () => Math.round(clock.monotonic() * 10) / 10
  /** Runs it later, if this socket is still there. */
  const onThisSocket = (delayMs: number, run: () => void): CancelTimer => {
    const mine = connection.id()
    return clock.after(delayMs, () => mine === connection.id() && run())
  }

  /** Sends a request, or sends it again with a new rid. */
  function ask(asked: Asked, since = t()): void {
    const again = pending !== null && pending.asked === asked
    pending?.cancel()
    const rid = ++lastRid
    pending = { asked, since, rid, sentMs: clock.monotonic(), cancel: () => {} }
    history.add({ t: t(), e: 'ask', again, ...from(), ...asked })
    owed.add(rid, asked, since)
    write(messageOf(asked, rid))
  }

  function watch(gameId: string): void {
    const rid = ++lastRid
    watchRids.set(rid, gameId)
    write({ type: 'watch', rid, gameId })
  }

  function receive(message: ServerMessage): void {
    const shown = shownBy(message)
    if (shown !== null) history.add({ t: t(), ...from(), ...shown })
    switch (message.type) {
      case 'welcome':
        return welcome(message)
      case 'ok':
        return okay(message.rid, message.value)
      case 'error':
        return refused(message)
      case 'state':
        return state(message)
      case 'moved': {
        const { gameId, version, ply, cell } = message
        if (game?.id !== gameId) return
        game.version = version
        game.moves[ply] = cell
        return next()
      }
      case 'ended': {
        const { gameId: g, status } = message
        if (watched === g) {
          watched = null
          write({ type: 'unwatch', rid: ++lastRid, gameId: g })
        }
        if (game?.id !== g) return
        game.status = status
        return next()
      }
      case 'queue':
        queueHeardMs = clock.monotonic()
        return
      case 'goodbye':
        leaving = true
        cancelNext()
        onThisSocket(message.retryAfterMs, leaveWhenAnswered)
        return
      default:
    }
  }

  /** A drained server still answers what it was asked. */
  function leaveWhenAnswered(): void {
    if (pending !== null && clock.monotonic() - pending.sentMs < ANSWER_MS) onThisSocket(10, leaveWhenAnswered)
    else connection.leave()
  }

  function welcome(message: Extract<ServerMessage, { type: 'welcome' }>): void {
    const { games, queue } = message.info
    queued = false
    if (queue !== null) wait()
    for (const id of games) watch(id)
    if (game !== null && !games.includes(game.id as never)) watch(game.id)
    if (pending === null) next()
    else ask(pending.asked, pending.since)
  }

  function okay(rid: number, value: string | undefined): void {
    watchRids.delete(rid)
    const debt = owed.take(rid)
    if (debt === null) return
    const { asked, since } = debt
    history.add({ t: t(), e: 'ok', ...from(), since, ...(value === undefined ? {} : { value }), ...asked })
    if (pending?.asked !== asked) return
    pending.cancel()
    pending = null
    // The game may come before the OK.
    if (asked.type === 'find' && game === null) wait()
    if (asked.type === 'rematch') return later(REMATCH_WAIT_MS, () => game?.status !== 'active' && forget())
    next()
  }

  function refused(message: Extract<ServerMessage, { type: 'error' }>): void {
    const { rid, code, details } = message
    const waitMs = 50 + Number(details?.retryAfterMs ?? 0)
    if (rid !== null && watchRids.has(rid)) {
      const g = watchRids.get(rid)!
      watchRids.delete(rid)
      if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
        onThisSocket(waitMs * (1 + fraction(random)), () => watch(g))
      } else if (game?.id === g) {
        history.add({ t: t(), e: 'gone', ...from(), g })
        forget()
      }
      return
    }
    const debt = owed.take(rid ?? -1)
    if (debt === null) return
    const { asked, since } = debt
    history.add({ t: t(), e: 'error', ...from(), code, ...asked })
    if (pending?.rid !== rid) return
    if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
      pending.sentMs = Number.POSITIVE_INFINITY
      pending.cancel = onThisSocket(waitMs * (1 + fraction(random) / 4), () => ask(asked, since))
      return
    }
    pending.cancel()
    pending = null
    if (code === 'ALREADY_QUEUED') wait()
    else if (code === 'ALREADY_PLAYING') watch(String(details?.gameId))
    else if (asked.type === 'find') later(500, next)
    else if (asked.type === 'rematch') forget()
    else if (code === 'NOT_FOUND') {
      history.add({ t: t(), e: 'gone', ...from(), g: asked.g! })
      forget()
    } else watch(asked.g!)
  }

  function state(message: Extract<ServerMessage, { type: 'state' }>): void {
    const { gameId, version } = message
    const { moves, status, you } = message.game
    if (you === null) return
    if (game?.id !== gameId) {
      if (status !== 'active') return next()
      cancelNext()
      queued = false
      // What was asked of the game before has no meaning any more.
      if (pending !== null && pending.asked.type !== 'find') {
        pending.cancel()
        pending = null
      }
      game = { id: gameId, seat: you, moves: [...moves], version, status }
    } else Object.assign(game, { moves: [...moves], version, status })
    next()
  }

  function wait(): void {
    queued = true
    queueHeardMs = clock.monotonic()
  }

  function later(ms: number, run: () => void): void {
    cancelNext()
    cancelNext = onThisSocket(ms, () => !leaving && pending === null && run())
  }

  function forget(): void {
    game = null
    next()
  }

  /** Decides what to do, if it is this player's turn to do something. */
  function next(): void {
    if (!connection.welcomed() || leaving || pending !== null) return
    if (game === null) {
      if (finding && !queued)
        later(below(random, habits.thinkMs), () => game === null && !queued && ask({ type: 'find' }))
      return
    }
    if (game.status !== 'active') return later(below(random, habits.thinkMs), afterGame)
    if (mayMove(game)) later(habits.thinkMs * (0.5 + fraction(random)), play)
  }

  function play(): void {
    if (game === null || !mayMove(game)) return
    const { id: g, moves } = game
    if (fraction(random) < habits.resigns) return ask({ type: 'resign', g })
    ask({ type: 'move', g, ply: moves.length, cell: pick(random, freeCells(game)) })
  }

  function afterGame(): void {
    if (game === null || game.status === 'active') return
    const other = fraction(random) < habits.spectates ? options.game() : null
    if (other !== null && watched === null) {
      watched = other
      watch(other)
    }
    if (finding && fraction(random) < habits.rematches) return ask({ type: 'rematch', g: game.id })
    forget()
  }

  function look(): void {
    const nowMs = clock.monotonic()
    if (!connection.welcomed()) return
    if (queued && game === null && pending === null && nowMs - queueHeardMs > QUEUE_SILENT_MS) {
      history.add({ t: t(), e: 'unanswered', ...from(), type: 'find' })
      queued = false
      next()
    }
    for (const asked of owed.overdue()) history.add({ t: t(), e: 'unanswered', ...from(), ...asked })
    if (pending !== null && nowMs - pending.sentMs > ANSWER_MS) {
      ask(pending.asked, pending.since)
    }
  }

  const cancelLook = every(clock, LOOK_MS, look)
  return {
    start: connection.start,
    /** No new games; the one that runs is played to its end. */
    stopFinding(): void {
      finding = false
    },
    playing: (): string | null => (game?.status === 'active' ? game.id : null),
    stop(): void {
      cancelLook()
      cancelNext()
      pending?.cancel()
      connection.stop()
    },
  }
}
export type Player = ReturnType<typeof createPlayer>
