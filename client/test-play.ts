import { below, type Random } from '../kit/random.ts'
import type { GameId, GameState, Oxo } from './index.ts'

/** For tests: plays random free cells until the game is over; gives the last state. */
export async function playToTheEnd(
  oxo: Pick<Oxo, 'game' | 'move'>,
  gameId: GameId,
  random: Random,
): Promise<GameState> {
  const game = oxo.game(gameId)
  let state = await game.until(() => true)
  while (state.status === 'active') {
    if (state.turn === state.you) {
      const free = state.cells.flatMap((mark, cell) => (mark === null ? [cell] : []))
      state = await oxo.move(gameId, free[below(random, free.length)]!)
    } else state = await game.until(({ turn, you, status }) => turn === you || status !== 'active')
  }
  return state
}
