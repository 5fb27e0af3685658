import { PHRASES } from '../../game/phrases.ts'
import { otherSeat } from '../../game/rules.ts'
import type { Mode } from '../../protocol/messages.ts'
import type { Actions } from '../actions.ts'
import { type Game, shownView, spectatorsOf } from '../game.ts'
import type { Ask } from '../refusals.ts'
import { spoken, standingOf } from '../standing.ts'
import { Board } from './board.tsx'
import { GameActions } from './game-actions.tsx'
import { Heading } from './heading.tsx'
import { Player } from './player.tsx'
import type { ServerClock } from './time.ts'
import { Timer } from './timer.tsx'

const MODE_NAMES: Record<Mode, string> = {
  casual: 'Casual game',
  ranked: 'Ranked game',
  bot: 'Game against the bot',
  private: 'Private game',
}

interface Props {
  readonly game: Game
  readonly actions: Actions
  readonly asking: Ask | null
  readonly clock: ServerClock
}

export function GameScreen({ game, actions, asking, clock }: Props) {
  const view = shownView(game)
  const standing = standingOf(view)
  const [x, o] = view.players
  const bySeat = (seat: 0 | 1 | null) => game.said.find((said) => said.seat === seat)
  const spectators = spectatorsOf(view)
  const fromAudience = bySeat(null)
  return (
    <div class="game" data-state={standing.state}>
      <Heading hidden>
        {MODE_NAMES[view.mode]}: {x.name} against {o.name}
      </Heading>

      <section class="players" aria-label="Players">
        <Player view={view} seat={0} said={bySeat(0)} />
        <Player view={view} seat={1} said={bySeat(1)} />
      </section>

      <Timer
        deadline={view.status === 'active' ? view.deadline : null}
        turnMs={game.turnMs}
        clock={clock}
        ours={standing.state === 'your-turn'}
      />

      <section class="board-place" aria-label="Game">
        <Board game={game} onPlay={actions.move} />
      </section>

      <section class="side" aria-label="How it stands">
        <p class="standing" data-testid="status" data-state={standing.state}>
          <strong>{standing.headline}</strong> <span>{offerText(game) ?? standing.detail}</span>
        </p>
        <GameActions game={game} actions={actions} asking={asking} />
        <p class="quiet">
          {MODE_NAMES[view.mode]}
          {spectators > 0 && ` · ${spectators} watching`}
          {fromAudience !== undefined && ` · Someone watching: ${PHRASES[fromAudience.phrase]}`}
        </p>
        <p class="quiet keys">Keys: 1 to 9, or the arrows and Enter.</p>
      </section>

      <p class="unseen" role="status">
        {spoken(view)} {offerText(game)}
      </p>
      <p class="unseen" role="status">
        {game.said
          .map(({ seat, phrase }) => `${seat === null ? 'A spectator' : view.players[seat].name}: ${PHRASES[phrase]}`)
          .join(' ')}
      </p>
    </div>
  )
}

/** How a rematch stands, if one is offered. */
function offerText({ offer, view }: Game): string | null {
  if (offer === null || view.you === null) return null
  const other = view.players[otherSeat(view.you)].name
  return offer === view.you ? `Waiting for ${other} to accept.` : `${other} offers a rematch.`
}
