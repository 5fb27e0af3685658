import { expect, test } from 'vitest'
import { annulled, casual, OPENED_MS, played, resigned, roomAfter } from './given.ts'
import { seedView } from './seed-view.ts'

const players = [
  { id: 'ana', name: 'Ana', rating: 1500, symbol: 'X' },
  { id: 'bo', name: 'Bo', rating: null, symbol: 'O' },
]

test('[R25] a running game in symbols, rows, columns and ISO instants', () => {
  expect(seedView('g-1', roomAfter(casual, ...played(4, 2)))).toEqual({
    gameId: 'g-1',
    board: [
      [null, null, 'O'],
      [null, 'X', null],
      [null, null, null],
    ],
    currentPlayer: 'X',
    status: 'active',
    winner: null,
    reason: null,
    line: null,
    moves: [
      { player: 'X', position: [1, 1], ply: 0, at: '2023-11-14T22:13:21.000Z' },
      { player: 'O', position: [0, 2], ply: 1, at: '2023-11-14T22:13:22.000Z' },
    ],
    players,
    mode: 'casual',
    version: 3,
    createdAt: '2023-11-14T22:13:20.000Z',
    deadline: '2023-11-14T22:13:52.000Z',
    endedAt: null,
  })
})

test('[R25] a won game', () => {
  expect(seedView('g-1', roomAfter(casual, ...played(0, 3, 1, 4, 8, 5)))).toMatchObject({
    board: [
      ['X', 'X', null],
      ['O', 'O', 'O'],
      [null, null, 'X'],
    ],
    currentPlayer: null,
    status: 'completed',
    winner: 'O',
    reason: 'line',
    line: [3, 4, 5],
    version: 8,
    deadline: null,
    endedAt: '2023-11-14T22:13:26.000Z',
  })
})

test('[R25] the opening, a forfeited and an annulled game', () => {
  expect(seedView('g-1', roomAfter(casual))).toMatchObject({ currentPlayer: 'X', moves: [], version: 1 })
  expect(seedView('g-1', roomAfter(casual, ...played(4)))).toMatchObject({ currentPlayer: 'O' })
  const forfeited = seedView('g-1', roomAfter(casual, resigned(0, OPENED_MS)))
  expect(forfeited).toMatchObject({
    status: 'forfeited',
    reason: 'resign',
    winner: 'X',
    line: null,
    currentPlayer: null,
  })
  const lost = seedView('g-1', roomAfter(casual, annulled(OPENED_MS)))
  expect(lost).toMatchObject({ status: 'aborted', reason: 'lost', winner: null, currentPlayer: null })
})
