import type { GameState } from '../../client/game-state.ts'
import { PHRASES } from '../../game/phrases.ts'
import type { Seat } from '../../protocol/messages.ts'
import type { Said } from '../game.ts'
import { symbolOf } from '../standing.ts'
import { Mark } from './mark.tsx'

/** One side: who it is, whether connected, the rating, and what was just said. */
export function Player({ view, seat, said }: { view: GameState; seat: Seat; said: Said | undefined }) {
  const { name, rating, connected } = view.players[seat]
  const symbol = symbolOf(seat)
  const rated = view.ratings?.[seat]
  const classes = ['player', `player-${symbol.toLowerCase()}`]
  if (view.turn === seat) classes.push('to-move')
  if (view.status !== 'active' && view.winner === seat) classes.push('winner')
  return (
    <div class={classes.join(' ')} data-testid={`player-${symbol.toLowerCase()}`} data-connected={connected}>
      <Mark mark={symbol} />
      <div class="who">
        <p class="name">
          <span class="unseen">{symbol}: </span>
          {name}
        </p>
        <p class="about">
          {view.you === seat && <span class="tag">You</span>}
          {rated === undefined ? (
            rating !== null && <span>{rating}</span>
          ) : (
            <Change before={rated[0]} after={rated[1]} />
          )}
          {!connected && <span class="away">Away</span>}
        </p>
      </div>
      {said !== undefined && (
        <p class="bubble" key={said.id} aria-hidden="true">
          {PHRASES[said.phrase]}
        </p>
      )}
    </div>
  )
}

function Change({ before, after }: { before: number; after: number }) {
  const change = after - before
  return (
    <span>
      {after} <span class={change < 0 ? 'fell' : 'rose'}>{change < 0 ? `−${-change}` : `+${change}`}</span>
    </span>
  )
}
