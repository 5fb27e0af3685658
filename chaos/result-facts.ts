/** What the checker needs of a result, as written by the servers: version 1, a JSON array. */
export interface ResultFacts {
  readonly players: readonly string[]
  readonly createdAtMs: number
  readonly endedAtMs: number
  readonly moves: string
  readonly status: string
  readonly reason: string | null
  /** Why its end does not follow from its moves; null: it does. */
  readonly fault: string | null
}

const LINES = ['012', '345', '678', '036', '147', '258', '048', '246']

/** Reads a result without any code of the servers, and replays it; null: it is none. */
export function readResult(text: string): ResultFacts | null {
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(fields) || fields[0] !== 1 || !Array.isArray(fields[2])) return null
  const players = (fields[2] as [string][]).map(([id]) => id)
  const moves = String(fields[7]).slice(1) // a 1 stands before the cells
  const [createdAtMs, status, reason, winner, endedAtMs] = [4, 10, 11, 12, 14].map((at) => fields[at])
  const facts = { players, createdAtMs, endedAtMs, moves, status, reason }
  return { ...facts, fault: faultOf(moves, status, reason, winner) }
}

function faultOf(moves: string, status: string, reason: string | null, winner: number | null): string | null {
  if (new Set(moves).size !== moves.length || !/^[0-8]*$/.test(moves)) return 'a cell twice'
  const line = [0, 1].find((seat) =>
    LINES.some((cells) => [...cells].every((cell) => moves.indexOf(cell) % 2 === seat)),
  )
  const last = (moves.length + 1) % 2
  if (line !== undefined && line !== last) return 'moves after a line'
  if (line !== undefined)
    return status === 'completed' && reason === 'line' && winner === line ? null : 'an unseen line'
  if (moves.length === 9) return status === 'completed' && reason === 'board_full' && winner === null ? null : 'no draw'
  return status === 'completed' ? 'completed without an end' : null
}
