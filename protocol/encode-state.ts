import type { GameView, Line, PlayerView, Seat, ServerMessage } from './messages.ts'
import type { FrameWriter } from './msgpack-write.ts'
import { serverTags } from './tags.ts'

/** STATE as `you` sees it, written by hand: two open every game. Vectors hold this and the shapes to the same bytes. */
export function encodeState(
  to: FrameWriter,
  { gameId, version, game }: Extract<ServerMessage, { readonly type: 'state' }>,
  you: Seat | null,
): Uint8Array {
  to.begin()
  to.array(4)
  to.number(serverTags.state)
  to.text(gameId)
  to.number(version)
  writeGame(to, game)
  to.text('you')
  numberOrNil(to, you)
  return to.finish()
}

/** All but `you`, which is last. */
function writeGame(to: FrameWriter, game: GameView): void {
  to.map(11)
  to.text('mode')
  to.text(game.mode)
  to.text('players')
  to.array(2)
  writePlayer(to, game.players[0])
  writePlayer(to, game.players[1])
  to.text('moves')
  to.array(game.moves.length)
  for (const cell of game.moves) to.number(cell)
  to.text('turn')
  numberOrNil(to, game.turn)
  to.text('status')
  to.text(game.status)
  to.text('reason')
  if (game.reason === null) to.nil()
  else to.text(game.reason)
  to.text('winner')
  numberOrNil(to, game.winner)
  to.text('line')
  lineOrNil(to, game.line)
  to.text('deadline')
  numberOrNil(to, game.deadline)
  to.text('createdAt')
  to.number(game.createdAt)
}

function writePlayer(to: FrameWriter, { id, name, rating, connected }: PlayerView): void {
  to.map(4)
  to.text('id')
  to.text(id)
  to.text('name')
  to.text(name)
  to.text('rating')
  numberOrNil(to, rating)
  to.text('connected')
  to.bool(connected)
}

export function numberOrNil(to: FrameWriter, value: number | null): void {
  if (value === null) to.nil()
  else to.number(value)
}

export function lineOrNil(to: FrameWriter, line: Line | null): void {
  if (line === null) {
    to.nil()
    return
  }
  to.array(3)
  for (const cell of line) to.number(cell)
}
