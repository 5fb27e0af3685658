import { seatOfPly } from '../game/rules.ts'
import { decodeClient, decodeServer } from '../protocol/codec.ts'
import type { ClientMessage, GameView, ServerMessage } from '../protocol/messages.ts'
import type { HubTap } from './hub.ts'
import type { Trace } from './trace.ts'
import { boardAfter, type Course, coursesOf, type GameTruth, type Truth } from './truth.ts'

/** What one socket was shown of one game. */
interface View {
  version: number
  moves: string
  /** UNDONE came: the next STATE may say anything. */
  undone: boolean
  over: boolean
  /** The game was over when this socket came. */
  readonly late: boolean
}

interface Socket {
  /** Its server and player. */
  readonly node: string
  readonly userId: string
  readonly views: Map<string, View>
  readonly requests: Map<number, ClientMessage>
  /** When each of them came, in ms. */
  readonly askedMs: Map<number, number>
}

export interface CheckOptions {
  readonly truth: Truth
  readonly nowMs: () => number
  readonly trace: Trace
  readonly violation: (promise: string, text: string) => void
  readonly hit: (point: string) => void
  /** The game that the player is in, as far as committed. */
  readonly activeGame: (userId: string) => GameTruth | null
  /** The bus has delivered messages out of order: a server may have taken old news for new. */
  readonly disordered: () => boolean
  /** The store lost data at some time in this run. */
  readonly storeLost: () => boolean
}

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>
type Violate = (promise: string, text: string) => void

/** Answers after which nothing may have changed. */
const REFUSALS: ReadonlySet<string> = new Set(['FORBIDDEN', 'INVALID_MOVE', 'NOT_YOUR_TURN', 'STALE', 'GAME_OVER'])

/** What an open socket was shown last of a game, and goes on watching. */
export type Shown = Readonly<View> & { readonly node: string; readonly userId: string; readonly gameId: string }

/** Judges every frame at the moment when it leaves a server, against what the store has committed by then. */
export function createCheck(options: CheckOptions): HubTap & { readonly views: () => readonly (readonly Shown[])[] } {
  const { truth, trace, hit } = options
  const sockets = new Map<number, Socket>()
  /** The value of the first OK by player and request: repeats get the same. */
  const values = new Map<string, string>()

  function socketOf(node: string, id: number, userId: string): Socket {
    let socket = sockets.get(id)
    if (socket === undefined) {
      socket = { node, userId, views: new Map(), requests: new Map(), askedMs: new Map() }
      sockets.set(id, socket)
    }
    return socket
  }

  function judge(socket: Socket, userId: string, message: ServerMessage, violate: Violate): void {
    switch (message.type) {
      case 'welcome':
        return welcome(userId, message.info.games, violate)
      case 'state':
        return state(socket, message, violate)
      case 'moved':
        return moved(socket, message, violate)
      case 'ended':
        return ended(socket, message, violate)
      case 'undone':
        return undone(socket, message, violate)
      case 'ok':
        return okay(socket, userId, message, violate)
      case 'error':
        return refused(socket, userId, message, violate)
    }
  }

  function committed(gameId: string, violate: Violate): GameTruth | null {
    const game = truth.get(gameId)
    if (game === undefined) violate('P1', `${gameId} is shown, and was never committed`)
    return game ?? null
  }

  /** Some course that was committed agrees. */
  function shows(gameId: string, agrees: (course: Course) => boolean, violate: Violate): void {
    const game = committed(gameId, violate)
    if (game !== null && !coursesOf(game).some(agrees)) {
      violate('P1', `shown before it was committed; the store has ${JSON.stringify(coursesOf(game))}`)
    }
  }

  function state(socket: Socket, { gameId, version, game }: Of<'state'>, violate: Violate): void {
    const moves = game.moves.join('')
    shows(gameId, (course) => agrees(course, version, moves, game), violate)
    const over = game.status !== 'active'
    const view = socket.views.get(gameId)
    if (view === undefined) {
      socket.views.set(gameId, { version, moves, undone: false, over, late: over })
      return
    }
    if (!view.undone && (version < view.version || !moves.startsWith(view.moves))) {
      violate('P3', `STATE v${version} "${moves}" after v${view.version} "${view.moves}" without UNDONE`)
    }
    Object.assign(view, { version, moves, undone: false, over })
  }

  function agrees(course: Course, version: number, moves: string, game: GameView): boolean {
    if (version > course.version || !course.moves.startsWith(moves)) return false
    if (game.status === 'active') return version === moves.length + 1
    return course.status === game.status && course.winner === game.winner && course.version === version
  }

  function moved(socket: Socket, { gameId, version, ply, cell, board }: Of<'moved'>, violate: Violate): void {
    shows(
      gameId,
      ({ moves }) =>
        version === ply + 2 &&
        moves.length > ply &&
        moves.charCodeAt(ply) - 48 === cell &&
        boardAfter(moves, ply + 1) === board,
      violate,
    )
    follow(socket, gameId, version, violate, (view) => {
      view.moves += cell
      if (boardAfter(view.moves, ply + 1) !== board) violate('P3', `after "${view.moves}" was shown without UNDONE`)
    })
  }

  function ended(socket: Socket, message: Of<'ended'>, violate: Violate): void {
    const { gameId, version, status, reason, winner } = message
    shows(
      gameId,
      (course) =>
        course.version === version && course.status === status && course.reason === reason && course.winner === winner,
      violate,
    )
    follow(socket, gameId, version, violate, (view) => {
      view.over = true
    })
  }

  function follow(
    socket: Socket,
    gameId: string,
    version: number,
    violate: Violate,
    change: (view: View) => void,
  ): void {
    const view = socket.views.get(gameId)
    if (view === undefined) return violate('P3', 'an event before any STATE')
    if (view.undone) violate('P3', 'an event after UNDONE, before STATE')
    if (version !== view.version + 1) violate('P3', `v${version} follows v${view.version}`)
    view.version = version
    change(view)
  }

  function undone(socket: Socket, { gameId }: Of<'undone'>, violate: Violate): void {
    const game = committed(gameId, violate)
    if (game !== null && !game.wasBehind && !options.disordered()) {
      violate('P3', 'UNDONE, and nothing was lost')
    }
    const view = socket.views.get(gameId)
    if (view !== undefined) view.undone = true
  }

  /** P5: whoever comes back finds the game. */
  function welcome(userId: string, games: readonly string[], violate: Violate): void {
    const game = options.activeGame(userId)
    if (game === null || game.risk !== null || games.includes(game.gameId) || options.storeLost()) return
    violate('P5', `WELCOME of ${userId} does not name their game ${game.gameId}`)
  }

  function okay(socket: Socket, userId: string, { rid, value }: Of<'ok'>, violate: Violate): void {
    const request = socket.requests.get(rid)
    if (request === undefined) return violate('P8', `OK to ${rid}, which nobody asked or was answered before`)
    socket.requests.delete(rid)
    switch (request.type) {
      case 'unwatch':
        socket.views.delete(request.gameId)
        return
      case 'move': {
        const { gameId, ply, cell } = request
        const game = committed(gameId, violate)
        if (game !== null && !madeMove(game, userId, ply, cell)) violate('P1', 'the move is not committed')
        return
      }
      case 'resign':
        return shows(request.gameId, ({ reason }) => reason === 'resign', violate)
      case 'rematch':
      case 'accept':
      case 'find': {
        if (value === undefined) return
        const game = committed(value, violate)
        if (game !== null && !game.players.includes(userId as GameTruth['players'][0])) {
          violate('P1', `${value} is not a game of ${userId}`)
        }
        if (request.type === 'find') return
        return same(
          `${userId} ${request.type} ${request.type === 'rematch' ? request.gameId : request.code}`,
          value,
          violate,
        )
      }
    }
  }

  function same(key: string, value: string, violate: Violate): void {
    const before = values.get(key)
    values.set(key, value)
    const game = before === undefined ? undefined : truth.get(before)
    if (game === undefined || before === value || game.gone || game.risk !== null || options.storeLost()) return
    violate('P4', `${key}: ${before}, then ${value}`)
  }

  function refused(socket: Socket, userId: string, { rid, code, details }: Of<'error'>, violate: Violate): void {
    const request = rid === null ? undefined : socket.requests.get(rid)
    if (rid === null) return
    if (request === undefined) return violate('P8', `ERROR to ${rid}, which nobody asked or was answered before`)
    socket.requests.delete(rid)
    hit(`refused ${code}`)
    if (!('gameId' in request)) return
    const game = truth.get(request.gameId)
    if (typeof details?.board === 'number' && typeof details.version === 'number') {
      const { board, version } = details
      shows(
        request.gameId,
        (course) =>
          version <= course.version &&
          [version - 1, version - 2].some((length) => length >= 0 && boardAfter(course.moves, length) === board),
        violate,
      )
    }
    if (game === undefined) return
    // Asked while it was created, it may have been looked for a moment too early.
    const existed = game.openedAtMs < (socket.askedMs.get(rid) ?? 0)
    // To REMATCH it means that the other one is in another game.
    if (
      code === 'NOT_FOUND' &&
      request.type !== 'rematch' &&
      existed &&
      game.risk === null &&
      !game.gone &&
      game.lost.length === 0 &&
      !options.storeLost()
    ) {
      violate('P8', `${game.gameId} is committed, and not found`)
    }
    if (!REFUSALS.has(code) || request.type !== 'move') return
    const { ply, cell } = request
    if (game.risk === null && game.lost.length === 0 && madeMove(game, userId, ply, cell)) {
      violate('P4', `${code} to a move that ${userId} has made: ply ${ply}, cell ${cell}`)
    }
  }

  return {
    asked(node, id, userId, frame) {
      const decoded = decodeClient(frame)
      if (decoded.ok && 'rid' in decoded.value) {
        const { requests, askedMs } = socketOf(node, id, userId)
        requests.set(decoded.value.rid, decoded.value)
        askedMs.set(decoded.value.rid, options.nowMs())
      }
    },
    shown(node, id, userId, frame) {
      trace.bytes(frame)
      const decoded = decodeServer(frame)
      if (!decoded.ok || decoded.value === null) {
        options.violation('P8', `${node}: an unreadable frame`)
        return null
      }
      const message = decoded.value
      trace.note(() => `${node} -> ${userId}.${id} ${JSON.stringify(message)}`)
      judge(socketOf(node, id, userId), userId, message, (promise, text) =>
        options.violation(promise, `${text} (${node} to ${userId}: ${JSON.stringify(message)})`),
      )
      return message
    },
    gone: (id) => void sockets.delete(id),
    views: () =>
      Array.from(sockets.values(), ({ node, userId, views }) =>
        Array.from(views, ([gameId, view]) => ({ ...view, node, userId, gameId })),
      ),
  }
}

const madeMove = (game: GameTruth, userId: string, ply: number, cell: number): boolean =>
  game.players[seatOfPly(ply)] === userId &&
  coursesOf(game).some(({ moves }) => moves.length > ply && moves.charCodeAt(ply) - 48 === cell)
