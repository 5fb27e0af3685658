import type { Frame } from './client.ts'

/** One game as a client knows it; see PROTOCOL.md, "Writing a client", item 4. */
export interface GameView {
  readonly version: number
  readonly moves: readonly number[]
  readonly board: number
  readonly snapshot: Snapshot
  /** ENDED or a STATE that is over has been seen. */
  readonly over: boolean
}

export interface Seat {
  readonly id: string
  readonly name: string
  readonly rating: number | null
  readonly connected: boolean
}

/** `game` of the last STATE. */
export interface Snapshot {
  readonly mode: string
  readonly players: readonly [Seat, Seat]
  readonly moves: readonly number[]
  readonly turn: 0 | 1 | null
  readonly status: string
  readonly reason: string | null
  readonly winner: 0 | 1 | null
  readonly line: readonly number[] | null
  readonly deadline: number | null
  readonly createdAt: number
  readonly you: 0 | 1 | null
}

export interface Following {
  take(frame: Frame): void
  game(gameId: string): GameView
}

const STATE = 67
const MOVED = 68
const ENDED = 69
const UNDONE = 78

/** `board` of the moves: nine cells in base 3. */
export const boardOf = (moves: readonly number[]): number =>
  moves.reduce((board, cell, ply) => board + (1 + (ply % 2)) * 3 ** cell, 0)

/** Builds games up from events and notes in `faults` whatever breaks P3, the board code or the form of a snapshot. */
export function follow(faults: string[]): Following {
  const games = new Map<string, GameView>()

  function take(frame: Frame): void {
    const [tag, gameId, version] = frame as [number, string, number]
    const known = games.get(gameId)
    const fault = (what: string) =>
      faults.push(`game ${gameId}: ${what}: ${JSON.stringify(frame)} after ${JSON.stringify(known)}`)
    if (tag === STATE) {
      const snapshot = frame[3] as Snapshot
      if (known && version < known.version) fault('a version fell without UNDONE')
      for (const problem of problemsOf(snapshot, version)) fault(problem)
      const over = snapshot.status !== 'active'
      games.set(gameId, { version, moves: snapshot.moves, board: boardOf(snapshot.moves), snapshot, over })
    } else if (tag === MOVED) {
      const [, , , ply, cell, board] = frame as [number, string, number, number, number, number]
      if (!known) return void fault('a move of a game without STATE')
      const moves = [...known.moves, cell]
      if (version !== known.version + 1) fault('MOVED is not one version ahead')
      if (ply !== known.moves.length) fault('a wrong ply')
      if (board !== boardOf(moves)) fault(`the board is not ${boardOf(moves)}`)
      games.set(gameId, { ...known, version, moves, board })
    } else if (tag === ENDED) {
      if (!known) return void fault('the end of a game without STATE')
      if (version !== known.version + 1) fault('ENDED is not one version ahead')
      games.set(gameId, { ...known, version, over: true })
    } else if (tag === UNDONE) fault('UNDONE')
  }

  return {
    take,
    game(gameId) {
      const view = games.get(gameId)
      if (view === undefined) throw new Error(`no STATE of ${gameId} came`)
      return view
    },
  }
}

function* problemsOf(snapshot: Snapshot, version: number): Iterable<string> {
  const { moves, status, turn, deadline, reason, winner } = snapshot
  const active = status === 'active'
  if (version !== 1 + moves.length + (active ? 0 : 1)) yield 'the version does not count the moves'
  if (turn !== (active ? moves.length % 2 : null)) yield 'the wrong turn'
  if ((deadline === null) === active) yield 'the deadline'
  if ((reason === null) !== active) yield 'the reason'
  if (active && winner !== null) yield 'a winner of a running game'
}
