import { render } from 'preact'
import { createOxo, type StorageLike } from '../client/index.ts'
import { systemClock } from '../kit/clock.ts'
import type { Actions } from './actions.ts'
import { App } from './components/app.tsx'
import { shownView } from './game.ts'
import { windowTokens } from './identity.ts'
import { startSession } from './session.ts'
import { titleOf } from './standing.ts'
import { addressOf, gameOf, type PageState } from './state.ts'
import './styles/index.css'

const place = document.querySelector('#page')!
const query = new URLSearchParams(location.search)
const { origin } = location

const tokenStore = windowTokens({
  clock: systemClock,
  locks: navigator.locks as Navigator['locks'] | undefined,
  lasting: storage(() => localStorage),
  ofWindow: storage(() => sessionStorage),
})
const oxo = createOxo({ url: origin, tokenStore })
const clock = { clock: systemClock, serverNow: oxo.serverNow }

function show(state: PageState, actions: Actions): void {
  render(<App state={state} actions={actions} clock={clock} origin={origin} />, place)
  const game = gameOf(state)
  document.title = titleOf(game === null ? null : shownView(game))
  const address = addressOf(state)
  if (address !== null && address !== location.search) history.replaceState(null, '', `/${address}`)
}

/** A browser that keeps nothing for a page throws when asked: the page then forgets with its window. */
function storage(open: () => Storage): StorageLike {
  try {
    return open()
  } catch {
    const kept = new Map<string, string>()
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
  }
}

startSession({
  oxo,
  clock: systemClock,
  invite: query.get('invite'),
  gameId: query.get('game'),
  onNetwork(listener) {
    addEventListener('offline', () => listener(true))
    addEventListener('online', () => listener(false))
  },
  show,
  reload: () => location.reload(),
})
