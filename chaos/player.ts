import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import { below, fraction, pick, type Random } from '../kit/random.ts'
import { clientFrame } from '../loadtest/frames.ts'
import { openSocket, type RawSocket, type SocketTarget } from '../loadtest/raw-socket.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import { CloseCode } from '../protocol/errors.ts'
import { RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS } from '../protocol/limits.ts'
import type { ClientMessage, GameStatus, ServerMessage } from '../protocol/messages.ts'
import type { Asked, History } from './history.ts'

/** How a player behaves; durations in ms. */
export interface Habits {
  readonly thinkMs: number
  readonly resigns: number
  readonly rematches: number
  readonly spectates: number
}

export interface PlayerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly history: History
  readonly habits: Habits
  readonly index: number
  /** An access token; `fresh`: the last one was refused. */
  readonly token: (fresh: boolean) => Promise<string>
  /** Where to connect now: any server but, if possible, the one just left. */
  readonly target: (left: number) => Omit<SocketTarget, 'token'> | null
  /** A running game of somebody to look at. */
  readonly game: () => string | null
  readonly nextSocket: () => number
}

interface Game {
  readonly id: string
  readonly seat: 0 | 1
  moves: number[]
  version: number
  status: GameStatus
}

interface Pending {
  readonly asked: Asked
  readonly since: number
  rid: number
  sentMs: number
  cancel: CancelTimer
}

const LOOK_MS = 250
const PING_MS = 1_500
/** A socket on which nothing came for so long is dead, though a PONG was due. */
const SILENT_MS = 4_000
/** QUEUE comes every 5 s while one waits. */
const QUEUE_SILENT_MS = 15_000
/** Servers answer within 5 s. */
const ANSWER_MS = 6_500
const REMATCH_WAIT_MS = 1_500

/** One who plays for ever, comes back anywhere, and repeats what was not answered (P4). Everything goes into the history. */
export function createPlayer(options: PlayerOptions) {
  const { clock, random, history, habits, index: p } = options
  let socket: RawSocket | null = null
  let s = -1
  let port = 0
  let welcomed = false
  let leaving = false
  let stopped = false
  let finding = true
  let attempt = 0
  let heardMs = 0
  let pingedMs = 0
  let lastRid = 0
  let queued = false
  let queueHeardMs = 0
  let game: Game | null = null
  let pending: Pending | null = null
  let watchRids = new Map<number, string>()
  let watched: string | null = null
  let cancelNext: CancelTimer = () => {}
  let cancelReconnect: CancelTimer = () => {}

  const t = () => Math.round(clock.monotonic() * 10) / 10
  const write = (message: ClientMessage) => socket?.send(clientFrame(encodeClient(message)))

  async function connect(fresh = false): Promise<void> {
    const target = options.target(port)
    if (stopped) return
    if (target === null) return reconnect(0)
    const token = await options.token(fresh).catch(() => null)
    if (stopped) return
    if (token === null) return reconnect(0)
    port = target.port
    s = options.nextSocket()
    const mine = s
    welcomed = false
    leaving = false
    watchRids = new Map()
    watched = null
    heardMs = clock.monotonic()
    socket = openSocket(
      { ...target, token },
      {
        frame(bytes, start, end) {
          if (mine !== s) return
          heardMs = clock.monotonic()
          const decoded = decodeServer(bytes.subarray(start, end))
          if (decoded.ok && decoded.value !== null) receive(decoded.value)
        },
        closed(code, status) {
          if (mine !== s) return
          history.add({ t: t(), e: 'closed', p, s, code, status })
          dropped(code === CloseCode.tokenExpired || status === 401, 0)
        },
      },
    )
  }

  /** The socket is gone: comes back with full jitter. */
  function dropped(fresh: boolean, leastMs: number): void {
    socket = null
    s = -1
    welcomed = false
    cancelNext()
    pending?.cancel()
    reconnect(leastMs, fresh)
  }

  function reconnect(leastMs: number, fresh = false): void {
    if (stopped) return
    const waitMs =
      leastMs + fraction(random) * Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS * 2 ** attempt)
    attempt += 1
    cancelReconnect()
    cancelReconnect = clock.after(waitMs, () => void connect(fresh))
  }

  function leave(leastMs: number): void {
    const old = socket
    s = -1
    old?.destroy()
    dropped(false, leastMs)
  }

  /** Sends a request, or sends it again with a new rid. */
  function ask(asked: Asked, since = t()): void {
    const again = pending !== null && pending.asked === asked
    pending?.cancel()
    const rid = ++lastRid
    pending = { asked, since, rid, sentMs: clock.monotonic(), cancel: () => {} }
    history.add({ t: t(), e: 'ask', again, p, s, ...asked })
    write(messageOf(asked, rid))
  }

  function watch(gameId: string): void {
    const rid = ++lastRid
    watchRids.set(rid, gameId)
    write({ type: 'watch', rid, gameId })
  }

  function receive(message: ServerMessage): void {
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
        const { gameId: g, version: v, ply, cell } = message
        history.add({ t: t(), e: 'moved', p, s, g, v, ply, cell })
        if (game?.id !== g) return
        game.version = v
        game.moves[ply] = cell
        return next()
      }
      case 'ended': {
        const { gameId: g, version: v, status, reason } = message
        history.add({ t: t(), e: 'ended', p, s, g, v, status, reason })
        if (watched === g) {
          watched = null
          write({ type: 'unwatch', rid: ++lastRid, gameId: g })
        }
        if (game?.id !== g) return
        game.status = status
        return next()
      }
      case 'undone':
        history.add({ t: t(), e: 'undone', p, s, g: message.gameId, v: message.version })
        return
      case 'queue':
        queueHeardMs = clock.monotonic()
        return
      case 'goodbye':
        leaving = true
        cancelNext()
        clock.after(message.retryAfterMs, leaveWhenAnswered(s))
        return
      default:
    }
  }

  /** A drained server still answers what it was asked. */
  const leaveWhenAnswered = (mine: number) => () => {
    if (mine !== s) return
    if (pending !== null && clock.monotonic() - pending.sentMs < ANSWER_MS) clock.after(10, leaveWhenAnswered(mine))
    else leave(0)
  }

  function welcome(message: Extract<ServerMessage, { type: 'welcome' }>): void {
    const { games, queue, server } = message.info
    history.add({ t: t(), e: 'welcome', p, s, server, user: message.userId, games, queue })
    attempt = 0
    welcomed = true
    queued = false
    if (queue !== null) wait()
    for (const id of games) watch(id)
    if (game !== null && !games.includes(game.id as never)) watch(game.id)
    if (pending !== null) {
      const { asked, since } = pending
      ask(asked, since)
    } else next()
  }

  function okay(rid: number, value: string | undefined): void {
    watchRids.delete(rid)
    if (pending?.rid !== rid) return
    const { asked, since } = pending
    pending.cancel()
    pending = null
    history.add({ t: t(), e: 'ok', p, s, since, ...(value === undefined ? {} : { value }), ...asked })
    // The game may come before the OK.
    if (asked.type === 'find' && game === null) wait()
    if (asked.type === 'rematch') return later(REMATCH_WAIT_MS, forget)
    next()
  }

  function refused(message: Extract<ServerMessage, { type: 'error' }>): void {
    const { rid, code, details } = message
    const waitMs = 50 + Number(details?.retryAfterMs ?? 0)
    if (rid !== null && watchRids.has(rid)) {
      const g = watchRids.get(rid)!
      watchRids.delete(rid)
      if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
        const mine = s
        clock.after(waitMs * (1 + fraction(random)), () => mine === s && watch(g))
      } else if (game?.id === g) {
        history.add({ t: t(), e: 'gone', p, s, g })
        forget()
      }
      return
    }
    if (pending === null || pending.rid !== rid) return
    const { asked, since } = pending
    history.add({ t: t(), e: 'error', p, s, code, ...asked })
    if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
      const mine = s
      pending.sentMs = Number.POSITIVE_INFINITY
      pending.cancel = clock.after(waitMs * (1 + fraction(random) / 4), () => {
        if (mine === s && welcomed) ask(asked, since)
      })
      return
    }
    pending.cancel()
    pending = null
    if (code === 'ALREADY_QUEUED') wait()
    else if (code === 'ALREADY_PLAYING') watch(String(details?.gameId))
    else if (asked.type === 'find') later(500, next)
    else if (asked.type === 'rematch') forget()
    else if (code === 'NOT_FOUND') {
      history.add({ t: t(), e: 'gone', p, s, g: asked.g! })
      forget()
    } else watch(asked.g!)
  }

  function state(message: Extract<ServerMessage, { type: 'state' }>): void {
    const { gameId: g, version: v } = message
    const { moves, status, reason, you } = message.game
    history.add({ t: t(), e: 'state', p, s, g, v, moves: moves.join(''), status, reason, you })
    if (you === null) return
    if (game?.id !== g) {
      if (status !== 'active') return
      queued = false
      // What was asked of the game before has no meaning any more.
      if (pending !== null && pending.asked.type !== 'find') {
        pending.cancel()
        pending = null
      }
      game = { id: g, seat: you, moves: [...moves], version: v, status }
    } else Object.assign(game, { moves: [...moves], version: v, status })
    next()
  }

  function wait(): void {
    queued = true
    queueHeardMs = clock.monotonic()
  }

  function later(ms: number, run: () => void): void {
    cancelNext()
    const mine = s
    cancelNext = clock.after(ms, () => mine === s && welcomed && !leaving && pending === null && run())
  }

  function forget(): void {
    game = null
    next()
  }

  /** Decides what to do, if it is this player's turn to do something. */
  function next(): void {
    if (!welcomed || leaving || pending !== null) return
    if (game === null) {
      if (finding && !queued)
        later(below(random, habits.thinkMs), () => game === null && !queued && ask({ type: 'find' }))
      return
    }
    if (game.status !== 'active') return later(below(random, habits.thinkMs), afterGame)
    if (game.moves.length % 2 === game.seat) later(habits.thinkMs * (0.5 + fraction(random)), play)
  }

  function play(): void {
    if (game === null || game.status !== 'active' || game.moves.length % 2 !== game.seat) return
    const { id: g, moves } = game
    if (fraction(random) < habits.resigns) return ask({ type: 'resign', g })
    const free = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !moves.includes(cell))
    if (free.length > 0) ask({ type: 'move', g, ply: moves.length, cell: pick(random, free) })
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
    if (socket === null || s < 0) return
    if (nowMs - heardMs > SILENT_MS) return leave(0)
    if (welcomed && nowMs - pingedMs > PING_MS) {
      pingedMs = nowMs
      write({ type: 'ping', clientTime: Math.round(nowMs) })
    }
    if (welcomed && queued && game === null && pending === null && nowMs - queueHeardMs > QUEUE_SILENT_MS) {
      history.add({ t: t(), e: 'unanswered', p, s, type: 'find' })
      queued = false
      next()
    }
    if (pending !== null && welcomed && nowMs - pending.sentMs > ANSWER_MS) {
      const { asked, since } = pending
      history.add({ t: t(), e: 'unanswered', p, s, ...asked })
      ask(asked, since)
    }
  }

  const cancelLook = every(clock, LOOK_MS, look)
  return {
    start: () => void connect(),
    /** No new games; the one that runs is played to its end. */
    stopFinding(): void {
      finding = false
    },
    playing: (): string | null => (game?.status === 'active' ? game.id : null),
    stop(): void {
      stopped = true
      cancelLook()
      cancelNext()
      cancelReconnect()
      pending?.cancel()
      s = -1
      socket?.destroy()
    },
  }
}
export type Player = ReturnType<typeof createPlayer>

function messageOf({ type, g, ply, cell }: Asked, rid: number): ClientMessage {
  if (type === 'find') return { type, rid, mode: 'casual' }
  if (type === 'move') return { type, rid, gameId: g!, ply: ply!, cell: cell! }
  return { type, rid, gameId: g! }
}
