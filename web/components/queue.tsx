import type { Actions } from '../actions.ts'
import type { Queue } from '../state.ts'
import { Heading } from './heading.tsx'
import { Mark } from './mark.tsx'
import { clockText, type ServerClock, useServerNow } from './time.ts'

export function QueueView({ queue, actions, clock }: { queue: Queue; actions: Actions; clock: ServerClock }) {
  const nowMs = useServerNow(clock, 500)
  return (
    <section class="card wait">
      <div class="search" aria-hidden="true">
        <Mark mark="X" />
        <Mark mark="O" />
      </div>
      <Heading>Looking for an opponent</Heading>
      <p class="lead">{queue.mode === 'ranked' ? 'A ranked game, near your rating at first.' : 'A casual game.'}</p>
      <dl class="facts">
        <div>
          <dt>Waiting</dt>
          <dd>{clockText(Math.max(0, nowMs - queue.sinceMs))}</dd>
        </div>
        <div>
          <dt>Players online</dt>
          <dd>{queue.online ?? '–'}</dd>
        </div>
      </dl>
      <div class="row">
        <button type="button" data-testid="cancel-queue" onClick={actions.cancel}>
          Stop looking
        </button>
        <button type="button" class={queue.botOffered ? 'primary' : ''} onClick={() => actions.playBot(2)}>
          Play the bot instead
        </button>
      </div>
    </section>
  )
}
