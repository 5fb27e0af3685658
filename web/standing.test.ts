import { describe, expect, test } from 'vitest'
import { cellName, spoken, standingOf, titleOf } from './standing.ts'
import { anOverView, aView } from './test-views.ts'

const resigned = (winner: 0 | 1) => anOverView([4], { status: 'forfeited', reason: 'resign', winner })
const timedOut = (winner: 0 | 1) => anOverView([4], { status: 'forfeited', reason: 'timeout', winner })
const line = { reason: 'line', winner: 0, line: [0, 1, 2] } as const

describe('how it stands, in words', () => {
  test.each([
    ['our turn', aView(), 'your-turn', 'Your turn', 'You are X'],
    ['their turn', aView([4]), 'their-turn', 'Their turn', 'Waiting for Bo'],
    ['watching', aView([4], { you: null }), 'watching', 'O to move', 'Waiting for Bo'],
    ['won by a line', anOverView([0, 3, 1, 4, 2], line), 'won', 'You won', 'Three X in a row'],
    ['lost by a line', anOverView([0, 3, 1, 4, 2], { ...line, you: 1 }), 'lost', 'You lost', 'Three X in a row'],
    ['they resigned', resigned(0), 'won', 'You won', 'Bo resigned'],
    ['we resigned', resigned(1), 'lost', 'You lost', 'You resigned'],
    ['their time ran out', timedOut(0), 'won', 'You won', 'Bo ran out of time'],
    ['our time ran out', timedOut(1), 'lost', 'You lost', 'You ran out of time'],
    ['a draw', anOverView([], { reason: 'board_full' }), 'drawn', 'A draw', 'full'],
    ['annulled', anOverView([4], { status: 'aborted', reason: 'lost' }), 'annulled', 'Game annulled', 'does not count'],
    ['a watched end', { ...resigned(1), you: null }, 'watching', 'O won', 'Ana resigned'],
  ] as const)('[words] %s', (_, view, state, headline, detail) => {
    expect(standingOf(view)).toMatchObject({ state, headline, detail: expect.stringContaining(detail) })
    expect(titleOf(view)).toContain(headline)
  })
})

describe('what a screen reader hears', () => {
  test('[words] the last move, then whose turn or the result', () => {
    expect(spoken(aView([4]))).toBe('You played X on row 2, column 2. Their turn. Waiting for Bo.')
    expect(spoken(aView([4, 2]))).toBe('Bo played O on row 1, column 3. Your turn.')
    expect(spoken(anOverView([0, 3, 1, 4, 2], line))).toBe(
      'You played X on row 1, column 3. You won. Three X in a row.',
    )
    expect(spoken(aView())).toBe('Your turn. You are X. Choose a free cell.')
  })

  test('[words] cells are named by row and column', () => {
    expect([0, 5, 8].map(cellName)).toEqual(['row 1, column 1', 'row 2, column 3', 'row 3, column 3'])
  })
})
