import type { Line } from '../../protocol/messages.ts'

/** A stroke through the three cells, over the board. */
export function WinningLine({ line }: { line: Line }) {
  const [x1, y1] = ends(line[0], line[2])
  const [x2, y2] = ends(line[2], line[0])
  return (
    <svg class="winning-line" viewBox="0 0 3 3" aria-hidden="true">
      <line x1={x1} y1={y1} x2={x2} y2={y2} pathLength={1} />
    </svg>
  )
}

/** The middle of `cell`, a little further away from `other`. In cells from the board's corner. */
function ends(cell: number, other: number): readonly [number, number] {
  const x = (cell % 3) + 0.5
  const y = Math.floor(cell / 3) + 0.5
  const beyond = 0.14
  return [x + ((x - ((other % 3) + 0.5)) / 2) * beyond, y + ((y - (Math.floor(other / 3) + 0.5)) / 2) * beyond]
}
