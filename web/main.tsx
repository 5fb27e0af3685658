import { render } from 'preact'
import { createOxo } from '../client/index.ts'
import { createRest } from '../client/rest.ts'
import { systemClock } from '../kit/clock.ts'
import type { Actions } from './actions.ts'
import { App } from './components/app.tsx'
import { shownView } from './game.ts'
import { type PageStorage, windowIdentity } from './identity.ts'
import { profileActions } from './profile.ts'
import { loadProviders, SIGN_IN_OUTCOME, signInAddress, signInNotice } from './providers.ts'
import { startSession } from './session.ts'
import { titleOf } from './standing.ts'
import { addressOf, gameOf, type PageState } from './state.ts'
import './styles/index.css'

const place = document.querySelector('#page')!
const query = new URLSearchParams(location.search)
const { origin } = location

const identity = windowIdentity({
  clock: systemClock,
  locks: navigator.locks as Navigator['locks'] | undefined,
  lasting: storage(() => localStorage),
  ofWindow: storage(() => sessionStorage),
})
const outcome = query.get(SIGN_IN_OUTCOME)
if (outcome === 'done') identity.signedIn()
const oxo = createOxo({ url: origin, cookies: identity })
const clock = { clock: systemClock, serverNow: oxo.serverNow }
const profile = profileActions(createRest({ origin, accessToken: () => oxo.accessToken() }), () =>
  oxo.accessToken({ renew: true }),
)

function show(state: PageState, actions: Actions): void {
  render(<App state={state} actions={actions} profile={profile} clock={clock} origin={origin} />, place)
  const game = gameOf(state)
  document.title = titleOf(game === null ? null : shownView(game))
  const address = addressOf(state)
  if (address !== null && address !== location.search) history.replaceState(null, '', `/${address}`)
}

/** A browser that keeps nothing for a page throws when asked: the page then forgets with its window. */
function storage(open: () => Storage): PageStorage {
  try {
    return open()
  } catch {
    const kept = new Map<string, string>()
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }
  }
}

startSession({
  oxo,
  clock: systemClock,
  invite: query.get('invite'),
  gameId: query.get('game'),
  notice: signInNotice(outcome),
  isAccount: identity.isAccount,
  providers: loadProviders((path) => fetch(path)),
  leaveToSignIn(provider) {
    const back = new URLSearchParams(location.search)
    back.delete(SIGN_IN_OUTCOME)
    const returnTo = `/${back.size > 0 ? `?${back}` : ''}`
    void identity.guestCookie().then((cookie) => location.assign(signInAddress(provider, cookie, returnTo)))
  },
  onNetwork(listener) {
    addEventListener('offline', () => listener(true))
    addEventListener('online', () => listener(false))
  },
  show,
  reload: () => location.reload(),
})
