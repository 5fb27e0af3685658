import { countError, countLost, type Game, newGame, type Player, type Table } from './table.ts'
import { FIELD_1, moveFrame, patchMove, requestFrame, skipAt, Tag, tagAt, uintAt, unpackFrame } from './wire.ts'

/** How long to wait after a refused MOVE that names no delay, in ms. */
const RETRY_AFTER_MS = 100

export function request(player: Player, tag: number, ...fields: readonly unknown[]): void {
  player.socket?.send(requestFrame([tag, player.nextRid++, ...fields]))
}

/** Asks for a game's STATE, to go on from it and to compare it with what was acknowledged. */
export function watch(player: Player, game: Game): void {
  player.watchRid = player.nextRid
  player.watched = game
  player.watchAcked = game.acked
  request(player, Tag.watch, game.id)
}

/** Sends the next move of a game that is ready. `atMs`: from when its latency counts, monotonic. */
export function sendMove(game: Game, atMs: number): void {
  const player = game.seats[(game.ply & 1) as 0 | 1]
  if (player === null || player.socket === null || player.moveFrame === null) return
  game.ready = false
  game.dueAtMs = -1
  game.movedAtMs = atMs
  player.moveRid = player.nextRid++
  player.movePly = game.ply
  player.moveAtMs = atMs
  patchMove(player.moveFrame, player.moveRid, game.ply, game.script.cells[game.ply]!)
  player.socket.send(player.moveFrame)
}

/** Takes in one server frame. OK and MOVED, nearly all of them, are read in place. */
export function onFrame(table: Table, player: Player, bytes: Buffer, start: number, end: number): void {
  table.tally.framesIn += 1
  table.tally.bytesIn += end - start
  switch (tagAt(bytes, start)) {
    case Tag.ok:
      onOk(table, player, uintAt(bytes, start + FIELD_1))
      break
    case Tag.moved:
      onMoved(table, player, bytes, start)
      break
    case Tag.ended:
      onEnded(table, player)
      break
    default:
      onRareFrame(table, player, unpackFrame(bytes, start, end) as readonly unknown[])
      table.onRare()
  }
}

function onOk(table: Table, player: Player, rid: number): void {
  if (rid === player.watchRid && player.watched === player.game) player.owed = Math.max(player.owed, player.watchAcked)
  if (rid !== player.moveRid) return
  const { tally, clock } = table
  tally.okUs.record((clock.monotonic() - player.moveAtMs) * 1_000)
  acknowledge(table, player)
}

function acknowledge(table: Table, player: Player): void {
  table.tally.moves += 1
  player.moveRid = 0
  const game = player.game
  if (game === null) return
  player.owed = Math.max(player.owed, player.movePly + 1)
  if (player.movePly >= game.acked) game.acked = player.movePly + 1
  if (game.ready && game.seats[(game.ply & 1) as 0 | 1] === player) table.onReady(game)
}

function onMoved(table: Table, player: Player, bytes: Buffer, start: number): void {
  const game = player.game
  const versionAt = skipAt(bytes, start + FIELD_1)
  const plyAt = skipAt(bytes, versionAt)
  const version = uintAt(bytes, versionAt)
  const ply = uintAt(bytes, plyAt)
  const board = uintAt(bytes, skipAt(bytes, skipAt(bytes, plyAt)))
  if (game === null || version !== player.version + 1 || board !== game.script.boards[ply]) {
    resync(table, player, 'gap')
    return
  }
  player.version = version
  const nowMs = table.clock.monotonic()
  player.progressAtMs = nowMs
  if ((ply & 1) === player.seat) return
  table.tally.movedUs.record((nowMs - game.movedAtMs) * 1_000)
  game.ply = ply + 1
  if (game.ply === game.script.cells.length) return
  game.ready = true
  if (player.moveRid === 0) table.onReady(game)
}

function onEnded(table: Table, player: Player): void {
  const game = player.game
  player.version += 1
  if (game === null || game.over) return
  game.over = true
  game.ready = false
  table.tally.games += 1
  const first = game.seats[0]
  if (table.verify && first !== null) watch(first, game)
  else table.onOver(game)
}

function onRareFrame(table: Table, player: Player, frame: readonly unknown[]): void {
  player.progressAtMs = table.clock.monotonic()
  switch (frame[0]) {
    case Tag.welcome: {
      const info = frame[3] as { games: readonly string[]; queue: string | null }
      table.onWelcome(player, info.games, info.queue !== null)
      break
    }
    case Tag.state:
      onState(table, player, frame[1] as string, frame[2] as number, frame[3] as StateGame)
      break
    case Tag.offer:
      if (player.game?.id === frame[1] && player.seat !== frame[2]) request(player, Tag.rematch, frame[1])
      break
    case Tag.error:
      onError(table, player, frame[1], String(frame[2]), frame[4])
      break
    case Tag.undone:
      countError(table.tally, 'undone')
      break
    case Tag.goodbye:
      countError(table.tally, 'goodbye')
  }
}

/** The part of STATE's `game` that the generator looks at. */
interface StateGame {
  readonly moves: readonly number[]
  readonly status: string
  readonly you: 0 | 1 | null
}

function onState(table: Table, player: Player, gameId: string, version: number, state: StateGame): void {
  table.tally.statesIn += 1
  if (state.you === null) {
    countError(table.tally, 'not_my_game')
    return
  }
  let game = table.games.get(gameId)
  if (game === undefined) {
    if (state.status !== 'active') return
    game = newGame(gameId, table.script(gameId))
    table.games.set(gameId, game)
  }
  const opened = enter(table, player, game, state.you)
  const isBack = version < player.version
  player.version = version
  const { cells } = game.script
  countLost(table.tally, game, player.owed, state.moves.length)
  if (!state.moves.every((cell, ply) => cell === cells[ply])) countError(table.tally, 'foreign_move')
  if (state.status !== 'active') {
    if (!game.over) {
      game.over = true
      game.ready = false
      table.tally.games += 1
    }
    if (player.seat === 0) table.onOver(game)
    return
  }
  if (player.moveRid !== 0 && state.moves.length > player.movePly) acknowledge(table, player)
  // Behind what the other socket has read already, and no step back on this one: only late.
  if (state.moves.length < game.ply && !isBack) return
  game.ply = state.moves.length
  if (opened) table.onOpened(game)
  if (game.seats[0] === null || game.seats[1] === null) return
  if (player.moveRid === 0 && ((game.ply & 1) === player.seat || opened)) {
    game.ready = true
    table.onReady(game)
  }
}

/** Seats the player at this game. True when that made the pair complete. */
function enter(table: Table, player: Player, game: Game, seat: 0 | 1): boolean {
  if (player.game === game && game.seats[seat] === player) return false
  leave(table, player)
  player.game = game
  player.seat = seat
  player.owed = 0
  player.version = 0
  player.moveRid = 0
  player.moveFrame = moveFrame(game.id)
  game.seats[seat] = player
  return game.seats[0] !== null && game.seats[1] !== null
}

/** A game is forgotten when both players have left it for another. */
function leave({ games }: Table, player: Player): void {
  const { game, seat } = player
  if (game === null) return
  if (game.seats[seat] === player) game.seats[seat] = null
  if (game.seats[0] === null && game.seats[1] === null) games.delete(game.id)
}

function onError(table: Table, player: Player, rid: unknown, code: string, details: unknown): void {
  if (rid === player.moveRid && player.moveRid !== 0) {
    const delayMs = (details as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? RETRY_AFTER_MS
    player.moveRid = 0
    table.clock.after(delayMs, () => resync(table, player, code))
    return
  }
  if (code === 'NOT_FOUND' && rid === player.watchRid && player.watched !== null)
    loseGame(table, player, player.watched)
  const gameId = (details as { gameId?: string } | undefined)?.gameId
  if (code === 'ALREADY_PLAYING' && gameId !== undefined) request(player, Tag.watch, gameId)
  else countError(table.tally, code)
}

/** A server that has forgotten a game has lost whatever it acknowledged of it: games can be watched for minutes. */
function loseGame(table: Table, player: Player, game: Game): void {
  countLost(table.tally, game, game.acked, null)
  game.over = true
  game.ready = false
  if (player.game === game) table.onLost(player)
}

function resync(table: Table, player: Player, why: string): void {
  countError(table.tally, why)
  if (player.game !== null) watch(player, player.game)
}
