import type { Actions } from '../actions.ts'
import { type Game, shownView } from '../game.ts'
import type { Ask } from '../refusals.ts'
import { Chat } from './chat.tsx'
import { Resign } from './resign.tsx'

/** What can be done beside playing a cell: while the game runs, and after it. */
export function GameActions({ game, actions, asking }: { game: Game; actions: Actions; asking: Ask | null }) {
  const { status, you } = shownView(game)
  const playing = you !== null && status === 'active'
  return (
    <div class="row game-actions">
      {playing && <Resign onResign={actions.resign} />}
      {!playing && you !== null && status !== 'aborted' && (
        <Rematch game={game} onClick={actions.rematch} asking={asking} />
      )}
      {!playing && (
        <button type="button" data-testid="new-game" onClick={actions.goHome}>
          New game
        </button>
      )}
      <Chat onSay={actions.say} />
    </div>
  )
}

function Rematch({ game, onClick, asking }: { game: Game; onClick: () => void; asking: Ask | null }) {
  const { offer, view } = game
  const waiting = offer !== null && offer === view.you
  return (
    <button
      type="button"
      class="primary"
      data-testid="rematch"
      data-offer={offer === null ? 'none' : waiting ? 'ours' : 'theirs'}
      disabled={waiting || asking === 'rematch'}
      onClick={onClick}
    >
      {waiting ? 'Offered' : offer === null ? 'Rematch' : 'Accept'}
      {offer !== null && <span class="unseen"> {waiting ? 'to play again' : 'the rematch'}</span>}
    </button>
  )
}
