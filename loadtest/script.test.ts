import { expect, test } from 'vitest'
import { winnerLine } from '../game/rules.ts'
import { drawnGame, gameOfId, scriptOf } from './script.ts'

test('[script] the drawn game has nine moves, no line, and boards that all take two bytes', () => {
  expect(drawnGame.cells.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(winnerLine(drawnGame.cells)).toBeNull()
  for (const board of drawnGame.boards) expect(board).toBeGreaterThan(255)
})

test('[script] a game ends with the move that completes a line', () => {
  expect(scriptOf([0, 3, 1, 4, 2, 5, 6, 7, 8]).cells).toEqual([0, 3, 1, 4, 2])
})

test('[script] an id always gives the same game, and ids give many games', () => {
  const ids = Array.from({ length: 200 }, (_, n) => `5b1f09c2-7d3e-8a41-9c60-${n}`)
  expect(ids.map(gameOfId)).toEqual(ids.map(gameOfId))
  expect(new Set(ids.map((id) => gameOfId(id).cells.join(''))).size).toBeGreaterThan(190)
})
