import { type Clock, systemClock } from '../kit/clock.ts'
import { type Random, systemRandom } from '../kit/random.ts'
import { PLAY_PATH } from '../protocol/version.ts'
import type { CookieSession } from './cookie-tokens.ts'
import type { Unsubscribe } from './events.ts'
import type { Fetch } from './http.ts'
import type { TokenStore, Tokens } from './tokens.ts'
import { whenUserReturns } from './user-returns.ts'
import { hostWebSocket, type WebSocketConstructor } from './web-socket.ts'

/** A request that was not answered within this is given up, in ms. */
export const GIVE_UP_MS = 60_000

export interface OxoOptions {
  /** Where the platform is, such as `https://oxo.example`. */
  readonly url: string
  /** Of a player who has signed in. Absent: those of `tokenStore`, else the SDK signs in as a new guest. */
  readonly tokens?: Tokens
  /** Keeps tokens between visits; `storageTokens(localStorage)` is one. Absent: they live as long as the client. */
  readonly tokenStore?: TokenStore
  /** For the platform's own page, instead of `tokenStore`: the refresh token stays in a cookie that scripts cannot read. */
  readonly cookies?: CookieSession
  /** Needed where the host has none, such as `WebSocket` of the package `ws` on Node 20. */
  readonly webSocket?: WebSocketConstructor
  readonly fetch?: Fetch
  /** How long a request may take, in ms, reconnects and repeats included; 60 s if absent. */
  readonly giveUpMs?: number
  readonly clock?: Clock
  readonly random?: Random
  /** Calls `listener` whenever the user comes back to the page; by default it listens to the document. */
  readonly whenUserReturns?: (listener: () => void) => Unsubscribe
}

/** The options with every default filled in. */
export interface Settings {
  readonly httpOrigin: string
  readonly socketUrl: string
  readonly tokens: Tokens | undefined
  readonly tokenStore: TokenStore | undefined
  readonly cookies: CookieSession | undefined
  readonly webSocket: WebSocketConstructor
  readonly fetch: Fetch
  readonly giveUpMs: number
  readonly clock: Clock
  readonly random: Random
  readonly whenUserReturns: (listener: () => void) => Unsubscribe
}

/** @throws when the URL is none of http, https, ws or wss, or the host has no WebSocket and none was given */
export function readOptions(options: OxoOptions): Settings {
  const { protocol, host } = new URL(options.url)
  if (!/^(https?|wss?):$/.test(protocol)) throw new Error(`not the URL of a platform: ${options.url}`)
  const secure = protocol === 'https:' || protocol === 'wss:' ? 's' : ''
  return {
    httpOrigin: `http${secure}://${host}`,
    socketUrl: `ws${secure}://${host}${PLAY_PATH}`,
    tokens: options.tokens,
    tokenStore: options.tokenStore,
    cookies: options.cookies,
    webSocket: options.webSocket ?? hostWebSocket(),
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    giveUpMs: options.giveUpMs ?? GIVE_UP_MS,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    whenUserReturns: options.whenUserReturns ?? whenUserReturns,
  }
}
