import { type CellMark, canPlay, type Game, shownView } from '../game.ts'
import { cellName, symbolOf } from '../standing.ts'
import { Mark } from './mark.tsx'

interface Props {
  readonly game: Game
  readonly cell: number
  readonly mark: CellMark
  /** Is it the one in the tab order? */
  readonly current: boolean
  readonly onButton: (button: HTMLButtonElement | null) => void
  readonly onFocus: () => void
  readonly onPlay: () => void
}

/** Never disabled, only said to be: a disabled button would lose the focus whenever the turn changes. */
export function Cell({ game, cell, mark, current, onButton, onFocus, onPlay }: Props) {
  const { you } = game.view
  const playable = canPlay(game, cell)
  const asked = game.asked?.cell === cell
  return (
    <button
      type="button"
      ref={onButton}
      class={classOf(game, cell)}
      data-testid={`cell-${cell}`}
      data-mark={mark}
      aria-label={`${cellName(cell)}, ${mark === '' ? 'empty' : mark}`}
      aria-disabled={!playable}
      tabIndex={current ? 0 : -1}
      onFocus={onFocus}
      onClick={onPlay}
    >
      {mark !== '' && <Mark mark={mark} drawn />}
      {/* Our own mark, faint: under the pointer, or on its way to the server. */}
      {mark === '' && you !== null && (playable || asked) && <Mark mark={symbolOf(you)} />}
    </button>
  )
}

function classOf(game: Game, cell: number): string {
  const { moves, line, winner, status } = shownView(game)
  const classes = ['cell']
  if (moves.at(-1) === cell) classes.push('last')
  if (line?.includes(cell)) classes.push(winner === 0 ? 'won-x' : 'won-o')
  if (game.asked?.cell === cell) classes.push('asked')
  if (status !== 'active') classes.push('over')
  return classes.join(' ')
}
