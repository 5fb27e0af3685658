import { useEffect, useRef, useState } from 'preact/hooks'
import { cellMarks, type Game, shownView } from '../game.ts'
import { Cell } from './cell.tsx'
import { WinningLine } from './winning-line.tsx'

const ROWS = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
] as const

/** Where an arrow key leads from a cell; the board's edge stops it. */
const STEPS: { readonly [key: string]: (cell: number) => number } = {
  ArrowLeft: (cell) => (cell % 3 === 0 ? cell : cell - 1),
  ArrowRight: (cell) => (cell % 3 === 2 ? cell : cell + 1),
  ArrowUp: (cell) => (cell < 3 ? cell : cell - 3),
  ArrowDown: (cell) => (cell > 5 ? cell : cell + 3),
  Home: (cell) => cell - (cell % 3),
  End: (cell) => cell - (cell % 3) + 2,
}

/** Nine buttons, one of them in the tab order; arrows lead from cell to cell, digits 1 to 9 play anywhere on the page. */
export function Board({ game, onPlay }: { game: Game; onPlay: (cell: number) => void }) {
  const [current, setCurrent] = useState(4)
  const buttons = useRef<(HTMLButtonElement | null)[]>([])
  const view = shownView(game)
  const marks = cellMarks(view.moves)

  usePageKeys(onPlay, () => buttons.current[current]?.focus())
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const next = step(current)
    setCurrent(next)
    buttons.current[next]?.focus()
  }

  return (
    <div class="board">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern of ARIA practices: arrows move between cells. */}
      <table role="grid" aria-label="Board" data-testid="board" onKeyDown={onKeyDown}>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row[0]}>
              {row.map((cell) => (
                <td key={cell}>
                  <Cell
                    game={game}
                    cell={cell}
                    mark={marks[cell]!}
                    current={cell === current}
                    onButton={(button) => {
                      buttons.current[cell] = button
                    }}
                    onFocus={() => setCurrent(cell)}
                    onPlay={() => onPlay(cell)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {view.line !== null && <WinningLine line={view.line} />}
    </div>
  )
}

/** Keys that work wherever the focus is: digits play, arrows lead to the board when nothing else would take them. */
function usePageKeys(onDigit: (cell: number) => void, onArrow: () => void): void {
  const keys = useRef({ onDigit, onArrow })
  keys.current = { onDigit, onArrow }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      if (document.querySelector('dialog[open]') !== null) return
      if (/^[1-9]$/.test(event.key)) keys.current.onDigit(Number(event.key) - 1)
      if (event.key.startsWith('Arrow') && isIdle(event.target)) {
        event.preventDefault()
        keys.current.onArrow()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

const isIdle = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches('body, h1')
