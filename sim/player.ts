import { below, fraction, pick, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { GameView, ServerMessage } from '../protocol/messages.ts'
import type { Node } from './node.ts'
import { type Answer, createSession, type Request, type Session } from './session.ts'

/** A game as its player last saw it. */
interface Seen {
  readonly gameId: string
  readonly seat: 0 | 1 | null
  moves: number[]
  version: number
  over: boolean
}

export interface PlayerOptions {
  readonly clock: VirtualClock
  readonly random: Random
  readonly userId: string
  readonly nodes: () => readonly Node[]
  /** Some still think for as long as they may. */
  readonly dawdling: () => boolean
  /** No new games from now on. */
  readonly resting: () => boolean
  readonly others: () => readonly Player[]
  readonly hit: (point: string) => void
  readonly unanswered: (node: Node, request: Request, sinceMs: number) => void
  /** In the queue on an open socket, and told nothing for too long. */
  readonly forsaken: (node: Node, sinceMs: number) => void
}

const THINK_MS = [300, 1_700] as const
const IDLE_MS = [50, 1_200] as const
/** Somebody who uses up nearly all of the turn, in ms. */
const LONG_THINK_MS = 8_500
/** Nothing happened for so long: look again, in ms. */
const LOOK_AGAIN_MS = 3_000
const RETRY_MS = 300
/** QUEUE comes every 5 s; a ticket is looked up every 5 s; the rest is for a store that is away. */
const QUEUE_SILENT_MS = 14_000

/** A person with one device, or two: plays what comes, makes mistakes, loses the network, repeats what was not answered. */
export function createPlayer(options: PlayerOptions) {
  const { clock, random, userId, hit } = options
  const between = ([from, to]: readonly [number, number]) => from + fraction(random) * (to - from)
  let game: Seen | null = null
  let busy = false
  /** Some ask only once. */
  const patient = below(random, 3) === 0
  /** Waits in the queue and has heard nothing since, monotonic ms; null: does not wait. */
  let waitsSinceMs: number | null = null
  let stirredMs = 0
  /** What is planned loses its sense when something else happens first. */
  let plan = 0
  const base = { clock, random, userId, nodes: options.nodes, unanswered: options.unanswered }
  const main: Session = createSession({ ...base, message })
  const second: Session | null = below(random, 4) === 0 ? createSession({ ...base, message: () => {} }) : null

  function soon(delayMs: number, run: () => void): void {
    const mine = ++plan
    stirredMs = clock.monotonic() + delayMs
    clock.after(delayMs, () => {
      if (mine === plan) run()
    })
  }

  function message(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        busy = false
        waitsSinceMs = message.info.queue === null ? null : clock.monotonic()
        return welcomed(message.info.games, message.info.queue !== null)
      case 'state':
        return state(message.gameId, message.version, message.game)
      case 'moved':
        if (message.gameId !== game?.gameId) return
        game.version = message.version
        game.moves = [...game.moves.slice(0, message.ply), message.cell]
        return next()
      case 'ended':
        if (message.gameId !== game?.gameId) return
        game.version = message.version
        game.over = true
        return next()
      case 'queue':
        if (waitsSinceMs !== null) waitsSinceMs = clock.monotonic()
        return
      case 'undone':
        return hit('undone')
    }
  }

  function welcomed(games: readonly string[], queued: boolean): void {
    if (game !== null && !games.includes(game.gameId)) game = null
    for (const gameId of games) watch(gameId)
    if (games.length === 0) soon(queued ? LOOK_AGAIN_MS : between(IDLE_MS), idle)
  }

  function watch(gameId: string): void {
    main.ask({ type: 'watch', gameId }, (answer) => {
      if (answer.type === 'ok') return
      if (answer.type === 'error' && answer.code === 'UNAVAILABLE') return soon(RETRY_MS, () => watch(gameId))
      if (answer.type === 'error' && game?.gameId === gameId) game = null
      soon(LOOK_AGAIN_MS, idle)
    })
  }

  function state(gameId: string, version: number, view: GameView): void {
    if (view.you === null) return
    waitsSinceMs = null
    const over = view.status !== 'active'
    if (game !== null && game.gameId !== gameId && over) return
    game = { gameId, seat: view.you, moves: [...view.moves], version, over }
    next()
  }

  /** The game changed, or is looked at again. */
  function next(): void {
    if (game === null) return soon(between(IDLE_MS), idle)
    if (game.over) return soon(between(IDLE_MS), after)
    if (game.moves.length % 2 === game.seat)
      return soon(below(random, 30) === 0 && options.dawdling() ? LONG_THINK_MS : between(THINK_MS), play)
    soon(LOOK_AGAIN_MS, lookAgain)
  }

  /** The other one is slow, or news got lost. */
  function lookAgain(): void {
    if (game === null) return idle()
    soon(LOOK_AGAIN_MS, lookAgain)
    const dice = below(random, 10)
    if (dice === 0) return wrong({ type: 'move', gameId: game.gameId, ply: game.moves.length, cell: below(random, 9) })
    if (dice < 4) watch(game.gameId)
  }

  function play(): void {
    if (game === null || game.over) return
    const { gameId, moves } = game
    const free = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !moves.includes(cell))
    const dice = below(random, 100)
    if (dice < 2) return repeat({ type: 'resign', gameId })
    if (dice < 4 && moves.length > 0) wrong({ type: 'move', gameId, ply: moves.length, cell: moves[0]! })
    if (dice === 4) wrong({ type: 'move', gameId, ply: moves.length + 1, cell: free[0]! })
    if (free.length === 0) return watch(gameId)
    repeat({ type: 'move', gameId, ply: moves.length, cell: pick(random, free) })
  }

  /** What the server must refuse; the checker says whether it did. */
  function wrong(request: Request): void {
    main.ask(request, () => {})
  }

  /** Asks until there is an answer that means something; each repeat has a number of its own, and may go over the other device. */
  function repeat(request: Extract<Request, { gameId: string }>): void {
    const session = second?.ready() && below(random, 3) === 0 ? second : main
    session.ask(request, (answer) => {
      if (game?.gameId !== request.gameId) return
      if (answer.type === 'ok') {
        if (below(random, 12) === 0) again(request)
        if (plan !== 0) stirredMs = Math.max(stirredMs, clock.monotonic() + LOOK_AGAIN_MS)
        return
      }
      if (answer.type === 'error' && answer.code !== 'UNAVAILABLE' && answer.code !== 'RATE_LIMITED')
        return watch(request.gameId)
      if (!main.ready()) return // WELCOME comes first
      hit('unanswered request repeated')
      soon(waitOf(answer), () => repeat(request))
    })
  }

  /** A repeat of what was answered OK: OK again. */
  function again(request: Request): void {
    const session = second?.ready() ? second : main
    session.ask(request, (answer) => {
      if (answer.type === 'ok') hit(`repeated ${request.type} answered OK`)
    })
  }

  const waitOf = (answer: Answer): number =>
    answer.type === 'error' ? Number(answer.details?.retryAfterMs ?? RETRY_MS) : RETRY_MS

  /** The game is over: another one with the same, or with anyone. */
  function after(): void {
    if (game === null || options.resting()) return
    const { gameId, seat } = game
    if (seat !== null && below(random, 3) === 0) {
      soon(1_500, () => {
        game = null
        idle()
      })
      const request: Request = { type: 'rematch', gameId }
      return main.ask(request, (answer) => {
        if (answer.type === 'ok' && below(random, 4) === 0) again(request)
      })
    }
    game = null
    idle()
  }

  function idle(): void {
    if (game !== null && !game.over) return next()
    if (busy || options.resting()) return
    if (!main.ready()) return
    const dice = below(random, 20)
    if (dice === 0) return start({ type: 'find', mode: 'bot', level: 1 })
    if (dice === 1) return invite()
    if (dice === 2) spectate()
    start({ type: 'find', mode: below(random, 4) === 0 ? 'ranked' : 'casual' })
  }

  function start(request: Request): void {
    busy = true
    main.ask(request, (answer) => {
      busy = false
      if (game !== null && !game.over) return
      if (answer.type === 'lost') return
      const queued = answer.type === 'ok' || answer.code === 'ALREADY_QUEUED'
      if (queued && request.type === 'find' && request.mode !== 'bot') waitsSinceMs = clock.monotonic()
      if (answer.type === 'ok' || answer.code === 'ALREADY_QUEUED') return soon(LOOK_AGAIN_MS, waiting)
      if (answer.code === 'ALREADY_PLAYING') return watch(String(answer.details?.gameId))
      soon(waitOf(answer) + between(IDLE_MS), idle)
    })
  }

  /** In the queue for long: asks for the same again, or gives up and looks for something else. */
  function waiting(): void {
    if (game !== null && !game.over) return
    if (patient && !options.resting()) return soon(LOOK_AGAIN_MS, waiting)
    if (below(random, 6) > 0 && !options.resting()) return start({ type: 'find', mode: 'casual' })
    waitsSinceMs = null
    main.ask({ type: 'cancel' }, () => soon(between(IDLE_MS), idle))
  }

  function invite(): void {
    main.ask({ type: 'invite' }, (answer) => {
      if (answer.type === 'ok' && answer.value !== undefined) {
        pick(random, options.others()).accept(answer.value)
        if (below(random, 4) === 0) again({ type: 'invite' })
      }
      soon(LOOK_AGAIN_MS / 2, idle)
    })
  }

  function spectate(): void {
    const watched = pick(random, options.others()).game()
    if (watched === null || watched.seat === null) return
    const { gameId } = watched
    main.ask({ type: 'watch', gameId }, () => {
      clock.after(between([1_000, 6_000]), () => {
        if (game?.gameId !== gameId) main.ask({ type: 'unwatch', gameId }, () => {})
      })
    })
  }

  return {
    userId,
    start(): void {
      clock.after(fraction(random) * 1_500, main.connect)
      if (second !== null) clock.after(fraction(random) * 4_000, second.connect)
    },
    /** Somebody sent this player a code. */
    accept(code: string): void {
      if (userId === '' || !main.ready() || (game !== null && !game.over)) return
      const request: Request = { type: 'accept', code }
      main.ask(request, (answer) => {
        if (answer.type === 'ok' && below(random, 3) === 0) again(request)
      })
    },
    /** The network of all devices breaks. */
    cut(): void {
      main.cut()
      second?.cut()
    },
    /** Looks around when nothing has happened for long: people do. */
    nudge(): void {
      const node = main.node()
      if (waitsSinceMs !== null && node !== null && clock.monotonic() - waitsSinceMs > QUEUE_SILENT_MS) {
        options.forsaken(node, waitsSinceMs)
        waitsSinceMs = null
      }
      if (clock.monotonic() - stirredMs < LOOK_AGAIN_MS || !main.ready()) return
      busy = false
      if (game === null || game.over) soon(0, idle)
      else soon(0, lookAgain)
    },
    game: (): Seen | null => game,
    connected: () => main.ready(),
    pending: (forMs: number) => main.pending(forMs) + (second?.pending(forMs) ?? 0),
  }
}
export type Player = ReturnType<typeof createPlayer>
