import type { ErrorDetails } from '../protocol/errors.ts'
import type { GameId, InviteCode } from '../protocol/ids.ts'
import type { BotLevel, QueueMode, ServerMessage } from '../protocol/messages.ts'
import { boardCode } from './board.ts'
import { OxoError } from './errors.ts'
import { createEmitter } from './events.ts'
import type { GameState } from './game-state.ts'
import { createGames } from './games.ts'
import { type ConnectionStatus, createLink } from './link.ts'
import { type OxoOptions, readOptions } from './options.ts'
import type { Oxo, OxoEvents, Welcome } from './oxo.ts'
import { createRequests, type Draft } from './requests.ts'
import { createServerTime } from './server-time.ts'
import { createSession } from './session.ts'

/** A client that is not yet connected. @throws when the options cannot work */
export function createOxo(options: OxoOptions): Oxo {
  const settings = readOptions(options)
  const { clock, random, giveUpMs } = settings
  const events = createEmitter<OxoEvents>()
  const time = createServerTime(clock)
  let welcome: Welcome | null = null

  const session = createSession({
    clock,
    random,
    fetch: settings.fetch,
    origin: settings.httpOrigin,
    ...(settings.tokens === undefined ? {} : { tokens: settings.tokens }),
    ...(settings.tokenStore === undefined ? {} : { store: settings.tokenStore }),
    ...(settings.cookies === undefined ? {} : { cookies: settings.cookies }),
    onRenewed: tell,
  })
  const requests = createRequests({ clock, random, send: (message) => link.send(message) })
  const games = createGames({
    watch: (gameId, outcome) => requests.submit({ type: 'watch', gameId }, null, outcome),
    unwatch: (gameId) => void request({ type: 'unwatch', gameId }).catch(() => {}),
  })
  const link = createLink({
    clock,
    random,
    webSocket: settings.webSocket,
    url: settings.socketUrl,
    session,
    time,
    whenUserReturns: settings.whenUserReturns,
    awaitingSince: () => requests.awaitingSince(),
    onMessage: receive,
    onLost: () => requests.lost(),
    onStatus,
  })

  /** Refused or lost: the socket closes with 4401 when the old token ends, and the next one brings the new token. */
  function tell(jwt: string): void {
    if (link.status().state === 'open') void request({ type: 'auth', jwt }).catch(() => {})
  }

  function onStatus(status: ConnectionStatus): void {
    if (status.state === 'stopped') {
      session.stop()
      requests.failAll(status.error)
      games.failAll(status.error)
    }
    events.emit('connection', status)
    if (status.state === 'away' && requests.count() > 0) link.wake()
  }

  function receive(message: ServerMessage): void {
    switch (message.type) {
      case 'ok':
        requests.answer(message)
        return
      case 'error':
        if (message.rid !== null) requests.answer(message)
        else events.emit('error', new OxoError(message.code, message.message, message.details))
        return
      case 'pong':
        return
      case 'welcome':
        welcome = message
        requests.connected()
        games.rewatch(message.info.games)
        break
      case 'queue':
      case 'goodbye':
        break
      default:
        games.apply(message)
    }
    events.emit(message.type, message as never)
  }

  function request(draft: Draft): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      wanted()
      requests.submit(draft, giveUpMs, { ok: resolve, failed: reject })
    })
  }

  /** Somebody asks for something: the user is there. @throws OxoError CLOSED when nothing will ever be sent */
  function wanted(): void {
    const { state } = link.status()
    if (state === 'stopped' || state === 'idle') throw new OxoError('CLOSED', 'not connected: call connect() first')
    if (state === 'away') link.wake()
  }

  /** A request of one game; when its refusal shows that our view is behind, the view is brought up to date. */
  async function play(draft: Extract<Draft, { readonly gameId: string }>): Promise<string | undefined> {
    try {
      return await request(draft)
    } catch (error) {
      if (error instanceof OxoError && isBehind(error, games.store(draft.gameId as GameId).get())) {
        games.resync(draft.gameId as GameId)
      }
      throw error
    }
  }

  /** What takes longer than `giveUpMs` goes on by itself, but nobody waits for it. */
  function limited<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const late = new OxoError('UNAVAILABLE', `no answer within ${giveUpMs} ms; attempts go on`)
      const cancel = clock.after(giveUpMs, () => reject(late))
      promise.finally(cancel).then(resolve, reject)
    })
  }

  function connect(): Promise<Welcome> {
    return limited(
      new Promise<Welcome>((resolve, reject) => {
        const { state } = link.status()
        if (state === 'open' && welcome !== null) {
          resolve(welcome)
          return
        }
        const done = () => {
          offWelcome()
          offStatus()
        }
        const offWelcome = events.on('welcome', (message) => {
          done()
          resolve(message)
        })
        const offStatus = events.on('connection', (status) => {
          if (status.state !== 'stopped') return
          done()
          reject(status.error)
        })
        if (state === 'away') link.wake()
        else link.start()
      }),
    )
  }

  async function watch(gameId: GameId): Promise<GameState> {
    wanted()
    return limited(games.watch(gameId))
  }

  return {
    connect,
    close: () => link.stop(new OxoError('CLOSED', 'this client was closed')),
    status: () => link.status(),
    userId: () => welcome?.userId ?? null,
    on: events.on,
    find: (async (mode: QueueMode | 'bot', options: { readonly level?: BotLevel } = {}) => {
      const draft: Draft = mode === 'bot' ? { type: 'find', mode, level: options.level ?? 1 } : { type: 'find', mode }
      return (await request(draft)) ?? null
    }) as Oxo['find'],
    cancel: async () => void (await request({ type: 'cancel' })),
    watch,
    async unwatch(gameId) {
      await request({ type: 'unwatch', gameId })
      games.forget(gameId, new OxoError('NOT_FOUND', 'the game is no longer watched'))
    },
    async move(gameId, cell) {
      const game = games.store(gameId)
      const ply = (game.get() ?? (await watch(gameId))).moves.length
      await play({ type: 'move', gameId, ply, cell })
      // OK and MOVED come in either order. Whoever waited for the move may rely on seeing it.
      return limited(game.until(({ moves, status }) => moves.length > ply || status !== 'active'))
    },
    resign: async (gameId) => void (await play({ type: 'resign', gameId })),
    rematch: async (gameId) => ((await play({ type: 'rematch', gameId })) ?? null) as GameId | null,
    invite: async () => (await request({ type: 'invite' })) as InviteCode,
    accept: async (code) => (await request({ type: 'accept', code })) as GameId,
    say: async (gameId, phrase) => void (await request({ type: 'say', gameId, phrase })),
    ping: () => link.ping(),
    async accessToken({ renew = false } = {}) {
      const access = await session.access(renew)
      if (!access.ok) throw access.error.error
      if (renew) tell(access.value)
      return access.value
    },
    async logout({ all = false } = {}) {
      const ended = await session.logout(all)
      if (!ended.ok) throw ended.error.error
      link.stop(new OxoError('CLOSED', 'logged out'))
    },
    game: (gameId) => games.store(gameId),
    serverNow: () => time.now(),
  }
}

/** A client that is connected. @throws OxoError when that took longer than `giveUpMs` or was refused; nothing runs on then */
export async function connect(options: OxoOptions): Promise<Oxo> {
  const oxo = createOxo(options)
  try {
    await oxo.connect()
    return oxo
  } catch (error) {
    oxo.close()
    throw error
  }
}

/** Does this refusal tell of a game that is not as we see it? */
function isBehind({ code, details }: OxoError, state: GameState | null): boolean {
  if (code === 'STALE' || code === 'GAME_OVER') return true
  const { version, board }: ErrorDetails = details
  return state !== null && version === state.version && board !== boardCode(state.moves)
}
