import type { CellMark } from '../game.ts'

/** A drawn X or O; with `drawn` its strokes appear as if by hand. Decorative: the words stand beside it. */
export function Mark({ mark, drawn = false }: { mark: CellMark; drawn?: boolean }) {
  if (mark === '') return null
  return (
    <svg class={`mark mark-${mark.toLowerCase()}${drawn ? ' drawn' : ''}`} viewBox="0 0 100 100" aria-hidden="true">
      {mark === 'X' ? (
        <>
          <path d="M24 24 76 76" pathLength={1} />
          <path d="M76 24 24 76" pathLength={1} />
        </>
      ) : (
        <circle cx="50" cy="50" r="29" pathLength={1} />
      )}
    </svg>
  )
}
