import { type ConnectionStatus, type GameId, type Oxo, OxoError } from '../client/index.ts'
import type { Clock } from '../kit/clock.ts'
import { CloseCode } from '../protocol/errors.ts'
import type { QueueMode } from '../protocol/messages.ts'
import type { Actions } from './actions.ts'
import { canPlay, isHolding } from './game.ts'
import type { Provider } from './providers.ts'
import { type Ask, NO_CONNECTION, refusalText } from './refusals.ts'
import { gameOf, inRunningGame, type PageEvent, type PageState, type Queue, reduce, startState } from './state.ts'

/** A bot's mark appears this long after ours, in ms. */
export const BOT_PAUSE_MS = 400
/** A phrase stays on show this long, in ms. */
export const PHRASE_MS = 5_000
/** A rematch offer ends after this, in ms; see PROTOCOL.md, REMATCH. */
export const OFFER_MS = 60_000

export interface SessionOptions {
  readonly oxo: Oxo
  readonly clock: Clock
  /** The invite code that the page was opened with. */
  readonly invite: string | null
  /** The game that the page was opened with. */
  readonly gameId: string | null
  /** What the player is told first; null: nothing. */
  readonly notice: string | null
  readonly isAccount: () => boolean
  readonly providers: Promise<readonly Provider[]>
  /** Leaves this page for a provider. */
  readonly leaveToSignIn: (provider: string) => void
  /** Calls `listener` when the machine loses its network, and when that is back. */
  readonly onNetwork: (listener: (offline: boolean) => void) => void
  /** Called after each change. */
  readonly show: (state: PageState, actions: Actions) => void
  /** Begins afresh, as the browser's reload does. */
  readonly reload: () => void
}

/** Ties the client to the page: its events become page events, the player's actions become requests. */
export function startSession(options: SessionOptions): void {
  const { oxo, clock, show } = options
  let state = startState(options.invite, options.notice)
  let wanted = options.gameId as GameId | null
  let lastSaidId = 0

  function dispatch(event: PageEvent): void {
    state = reduce(state, event)
    show(state, actions)
  }

  function seen({ gameId }: { readonly gameId: GameId }): void {
    const view = oxo.game(gameId).get()
    if (view === null) return
    dispatch({ type: 'game', view, nowMs: oxo.serverNow() })
    const game = gameOf(state)
    if (game === null || !isHolding(game)) return
    clock.after(BOT_PAUSE_MS, () => dispatch({ type: 'shown', gameId, plies: view.moves.length }))
  }

  for (const name of ['state', 'moved', 'ended', 'presence', 'rated', 'watchers', 'undone'] as const) oxo.on(name, seen)

  oxo.on('undone', ({ gameId }) => {
    if (gameOf(state)?.view.gameId === gameId) dispatch({ type: 'failed', text: UNDONE })
  })
  oxo.on('offer', ({ gameId, seat }) => {
    dispatch({ type: 'offer', gameId, seat })
    clock.after(OFFER_MS, () => dispatch({ type: 'offer', gameId, seat: null }))
  })
  oxo.on('said', ({ gameId, seat, phrase }) => {
    const saidId = ++lastSaidId
    dispatch({ type: 'said', gameId, said: { id: saidId, seat, phrase } })
    clock.after(PHRASE_MS, () => dispatch({ type: 'unsaid', gameId, saidId }))
  })
  oxo.on('welcome', ({ info }) => {
    const watched = wanted
    wanted = null
    const { name, level, games, queue } = info
    const gameFollows = games.length > 0 || watched !== null
    const account = options.isAccount()
    dispatch({ type: 'welcome', name, account, level, gameFollows, queue: queue === null ? null : placeIn(queue, 0) })
    if (watched !== null && !games.includes(watched)) watch(watched)
  })
  oxo.on('queue', ({ mode, waitedMs, online, botOffered }) =>
    dispatch({ type: 'queue', queue: { ...placeIn(mode, waitedMs), online, botOffered } }),
  )
  oxo.on('goodbye', ({ reason, retryAfterMs }) =>
    dispatch({ type: 'connection', connection: { kind: 'leaving', reason, retryAfterMs } }),
  )
  oxo.on('connection', (status) => dispatch({ type: 'connection', connection: { kind: connectionKind(status) } }))
  oxo.on('error', (error) => refused('say', error))

  const placeIn = (mode: QueueMode, waitedMs: number): Queue => ({
    mode,
    sinceMs: oxo.serverNow() - waitedMs,
    online: null,
    botOffered: false,
  })

  function connectionKind(status: ConnectionStatus) {
    const known = state.name !== null
    if (status.state === 'idle' || status.state === 'connecting') return known ? 'lost' : 'connecting'
    if (status.state === 'waiting') return known ? 'lost' : 'unreached'
    if (status.state === 'stopped') return status.code === CloseCode.replaced ? 'replaced' : 'stopped'
    return status.state
  }

  function refused(ask: Ask, error: unknown): void {
    if (!(error instanceof OxoError)) throw error
    const { code, details } = error
    dispatch({ type: 'failed', text: code === 'CLOSED' ? NO_CONNECTION : refusalText(ask, code) })
    const { gameId } = details
    if (code === 'ALREADY_PLAYING' && typeof gameId === 'string') watch(gameId as GameId)
  }

  function watch(gameId: GameId): void {
    oxo.watch(gameId).catch((error: unknown) => refused('watch', error))
  }

  /** One request at a time that leads to another screen. */
  async function ask(what: Ask, run: () => Promise<void>): Promise<void> {
    if (state.asking !== null) return
    dispatch({ type: 'asking', ask: what })
    try {
      await run()
    } catch (error) {
      refused(what, error)
    } finally {
      dispatch({ type: 'asking', ask: null })
    }
  }

  /** A request about the game on show. */
  function inGame(what: Ask, run: (gameId: GameId) => Promise<unknown>): void {
    const game = gameOf(state)
    if (game !== null) run(game.view.gameId).catch((error: unknown) => refused(what, error))
  }

  const actions: Actions = {
    find: (mode) =>
      void ask('find', async () => {
        if ((await oxo.find(mode)) === null) dispatch({ type: 'queued', queue: placeIn(mode, 0) })
      }),
    cancel: () =>
      void ask('cancel', async () => {
        await oxo.cancel()
        if (!inRunningGame(state)) dispatch({ type: 'home' })
      }),
    playBot: (level) =>
      void ask('bot', async () => {
        if (state.screen.kind === 'queue') await oxo.cancel()
        await oxo.find('bot', { level })
      }),
    invite: () => void ask('invite', async () => dispatch({ type: 'inviting', code: await oxo.invite() })),
    accept: (code) => void ask('accept', async () => void (await oxo.accept(code))),
    rematch: () => {
      const game = gameOf(state)
      if (game !== null) void ask('rematch', async () => void (await oxo.rematch(game.view.gameId)))
    },
    move(cell) {
      const game = gameOf(state)
      if (game === null || !canPlay(game, cell)) return
      dispatch({ type: 'move-asked', cell })
      oxo.move(game.view.gameId, cell).catch((error: unknown) => {
        dispatch({ type: 'move-refused' })
        refused('move', error)
      })
    },
    resign: () => inGame('resign', (gameId) => oxo.resign(gameId)),
    say: (phrase) => inGame('say', (gameId) => oxo.say(gameId, phrase)),
    goHome() {
      const game = gameOf(state)
      dispatch({ type: 'home' })
      // Nobody looks any more; a game that the server has forgotten is left all the same.
      if (game !== null) oxo.unwatch(game.view.gameId).catch(() => {})
    },
    signIn: options.leaveToSignIn,
    signOut: () =>
      void ask('signOut', async () => {
        await oxo.logout()
        options.reload()
      }),
    dismiss: () => dispatch({ type: 'dismissed' }),
    comeBack: () => (state.connection.kind === 'away' ? void oxo.connect().catch(() => {}) : options.reload()),
  }

  options.onNetwork((offline) => dispatch({ type: 'network', offline }))
  show(state, actions)
  void options.providers.then((providers) => dispatch({ type: 'providers', providers }))
  // How it goes is told by `connection` events, for as long as the page lives.
  oxo.connect().catch(() => {})
}

const UNDONE = 'The server lost the last moves. The game goes on from the board you see, but does not count.'
