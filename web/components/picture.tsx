import { cellMarks } from '../game.ts'
import { Mark } from './mark.tsx'
import { WinningLine } from './winning-line.tsx'

/** A finished game as an ornament. */
export function Picture() {
  return (
    <div class="picture" aria-hidden="true">
      {cellMarks([4, 1, 2, 8, 6]).map((mark, cell) => (
        <span key={cell}>
          <Mark mark={mark} drawn />
        </span>
      ))}
      <WinningLine line={[2, 4, 6]} />
    </div>
  )
}
