import type { Actions } from '../actions.ts'
import type { ProfileActions } from '../profile.ts'
import type { PageState } from '../state.ts'
import { Banner } from './banner.tsx'
import { GameScreen } from './game-view.tsx'
import { Header } from './header.tsx'
import { Heading } from './heading.tsx'
import { Home } from './home.tsx'
import { Invited, Inviting } from './invite.tsx'
import { QueueView } from './queue.tsx'
import type { ServerClock } from './time.ts'
import { Toast } from './toast.tsx'

interface Props {
  readonly state: PageState
  readonly actions: Actions
  readonly profile: ProfileActions
  readonly clock: ServerClock
  /** Where this page lives, for links that others can open: `https://host`. */
  readonly origin: string
}

export function App(props: Props) {
  const { state, actions } = props
  return (
    <>
      <Header name={state.name} />
      <Banner state={state} actions={actions} />
      <main>
        <CurrentScreen {...props} />
      </main>
      <Toast text={state.error} onDismiss={actions.dismiss} />
    </>
  )
}

/** Each screen has a key of its own, so that a new one begins afresh. */
function CurrentScreen({ state, actions, profile, clock, origin }: Props) {
  const { screen, asking } = state
  switch (screen.kind) {
    case 'starting':
      return (
        <div class="starting" key="starting">
          <Heading>Connecting…</Heading>
        </div>
      )
    case 'home':
      return <Home key="home" state={state} actions={actions} profile={profile} />
    case 'queue':
      return <QueueView key="queue" queue={screen.queue} actions={actions} clock={clock} />
    case 'inviting':
      return <Inviting key="inviting" link={`${origin}/?invite=${screen.code}`} actions={actions} />
    case 'invited':
      return <Invited key="invited" code={screen.code} actions={actions} asking={asking} />
    case 'game':
      return (
        <GameScreen key={screen.game.view.gameId} game={screen.game} actions={actions} asking={asking} clock={clock} />
      )
  }
}
