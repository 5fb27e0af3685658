import type { Actions } from '../actions.ts'
import type { PageState } from '../state.ts'

/** What is the matter with the connection or the service; null: nothing. */
function bannerText({ connection, offline, level }: PageState): string | null {
  if (offline) return 'You are offline. Your game is kept.'
  switch (connection.kind) {
    case 'connecting':
      return null
    case 'unreached':
      return 'The server is out of reach. Trying again…'
    case 'lost':
      return 'Connection lost. Reconnecting…'
    case 'away':
      return 'You were away for a while, so the connection was closed.'
    case 'replaced':
      return 'Oxo is open in another window, which took over from this one.'
    case 'stopped':
      return 'Your session has ended.'
    case 'leaving':
      return connection.reason === 'maintenance'
        ? `Oxo is down for maintenance. Back in about ${minutes(connection.retryAfterMs)}; your game is kept.`
        : 'Moving you to another server. Your game is kept.'
    case 'open':
      return levelText(level)
  }
}

function levelText(level: PageState['level']): string | null {
  if (level === 'maintenance') return 'Maintenance: running games go on, new ones start again soon.'
  if (level === 'emergency') return 'Something is broken on our side. Your game is kept and goes on soon.'
  return null
}

function minutes(ms: number): string {
  const count = Math.max(1, Math.ceil(ms / 60_000))
  return count === 1 ? 'a minute' : `${count} minutes`
}

export function Banner({ state, actions }: { state: PageState; actions: Actions }) {
  const text = bannerText(state)
  const { kind } = state.connection
  return (
    <div class="banner-place" role="status">
      {text !== null && (
        <div class="banner" data-testid="connection-banner">
          {(kind === 'lost' || kind === 'unreached') && <span class="spinner" aria-hidden="true" />}
          <span>{text}</span>
          {(kind === 'replaced' || kind === 'away' || kind === 'stopped') && (
            <button type="button" class="small" onClick={actions.comeBack}>
              {kind === 'stopped' ? 'Start a new session' : 'Play here'}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
