import { useState } from 'preact/hooks'
import type { BotLevel } from '../../protocol/messages.ts'
import type { Actions } from '../actions.ts'
import type { ProfileActions } from '../profile.ts'
import type { PageState } from '../state.ts'
import { Account } from './account.tsx'
import { Heading } from './heading.tsx'
import { Mark } from './mark.tsx'
import { Picture } from './picture.tsx'
import { ProfileCard } from './profile.tsx'

const LEVELS: readonly { readonly level: BotLevel; readonly name: string }[] = [
  { level: 1, name: 'Easy' },
  { level: 2, name: 'Medium' },
  { level: 3, name: 'Perfect' },
]

interface Props {
  readonly state: PageState
  readonly actions: Actions
  readonly profile: ProfileActions
}

export function Home({ state, actions, profile }: Props) {
  const [level, setLevel] = useState<BotLevel>(1)
  const busy = state.asking !== null
  return (
    <div class="home">
      <div class="welcome">
        <div>
          <Heading>Tic-tac-toe, live</Heading>
          <p class="lead">Three in a row wins. Play someone right now: no sign-up, nothing to install.</p>
        </div>
        <Picture />
      </div>

      <section class="card" aria-labelledby="person">
        <h2 id="person">
          <Mark mark="X" /> Play a person
        </h2>
        <p>You are matched with whoever is waiting. A ranked game counts for your rating.</p>
        <div class="row">
          <button
            type="button"
            class="primary"
            data-testid="play-casual"
            disabled={busy}
            onClick={() => actions.find('casual')}
          >
            Casual
          </button>
          <button type="button" data-testid="play-ranked" disabled={busy} onClick={() => actions.find('ranked')}>
            Ranked
          </button>
        </div>
      </section>

      <section class="card" aria-labelledby="friend">
        <h2 id="friend">
          <Mark mark="O" /> Invite a friend
        </h2>
        <p>You get a link to send. The game begins when your friend opens it.</p>
        <div class="row">
          <button type="button" data-testid="invite" disabled={busy} onClick={actions.invite}>
            Make an invite link
          </button>
        </div>
      </section>

      <section class="card" aria-labelledby="bot">
        <h2 id="bot">
          <Mark mark="X" /> Play the bot
        </h2>
        <p>No waiting. The perfect one never loses: can you draw?</p>
        <div class="row">
          <label class="field">
            <span>Level</span>
            <select
              data-testid="bot-level"
              value={level}
              onChange={(event) => setLevel(Number(event.currentTarget.value) as BotLevel)}
            >
              {LEVELS.map((one) => (
                <option key={one.level} value={one.level}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
          <button type="button" data-testid="play-bot" disabled={busy} onClick={() => actions.playBot(level)}>
            Play<span class="unseen"> the bot</span>
          </button>
        </div>
      </section>

      <Account state={state} actions={actions} />
      <ProfileCard profile={profile} />
    </div>
  )
}
