import type { Clock } from '../kit/clock.ts'
import { seededRandom } from '../kit/random.ts'
import { decodeClient, encodeServer } from '../protocol/codec.ts'
import type { ErrorCode, ErrorDetails } from '../protocol/errors.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { ClientMessage, GameView, ServerMessage } from '../protocol/messages.ts'
import { createOxo } from './create-oxo.ts'
import type { Fetch } from './http.ts'
import type { OxoOptions } from './options.ts'
import type { OxoEvents } from './oxo.ts'
import type { WebSocketConstructor, WebSocketLike } from './web-socket.ts'

/** Time that passes only when told to, and tells everything that became due on the way. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass: runs each timer at its time, and what promises it settles after it. */
  advance(ms: number): Promise<void>
  /** How many timers are armed. */
  timers(): number
}

const START_MS = 1_700_000_000_000

export function virtualClock(): VirtualClock {
  let now = 0
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  const firstDue = (until: number) =>
    [...timers]
      .filter(({ at }) => at <= until)
      .reduce<{ at: number; run: () => void } | null>((a, b) => (a !== null && a.at <= b.at ? a : b), null)
  return {
    now: () => START_MS + Math.round(now),
    monotonic: () => now,
    after(delayMs, run) {
      const timer = { at: now + Math.max(0, delayMs), run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    endOfTurn: (run) => queueMicrotask(run),
    async advance(ms) {
      const until = now + ms
      await settled()
      for (let timer = firstDue(until); timer !== null; timer = firstDue(until)) {
        timers.delete(timer)
        now = timer.at
        timer.run()
        await settled()
      }
      now = until
    },
    timers: () => timers.size,
  }
}

/** When every promise that can settle without time passing has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The server's end of one memory WebSocket, speaking the real codec. Frames arrive in the turn in which they are sent. */
export interface Peer {
  readonly url: string
  readonly protocols: readonly string[]
  readonly received: ClientMessage[]
  /** Has the client closed its end, or the server its own? */
  closed(): boolean
  /** Finishes the handshake and says WELCOME. */
  welcome(info?: { readonly games?: readonly GameId[]; readonly serverTime?: number }): void
  push(...messages: readonly ServerMessage[]): void
  pushRaw(data: unknown): void
  /** Closes with a code; without one the handshake or the connection breaks: an error event, then 1006. */
  close(code?: number): void
  /** An error event alone. */
  error(): void
  /** A failed handshake on a host that sends no close event. */
  failSilently(): void
  /** The last message of a type, and its answers. */
  last<Type extends ClientMessage['type']>(type: Type): Extract<ClientMessage, { readonly type: Type }>
  count(type: ClientMessage['type']): number
  ok(type: Exclude<ClientMessage['type'], 'ping'>, value?: string): void
  refuse(type: Exclude<ClientMessage['type'], 'ping'>, code: ErrorCode, details?: ErrorDetails): void
}

export interface MemoryNetwork {
  readonly webSocket: WebSocketConstructor
  /** Every socket ever opened, oldest first. */
  readonly peers: Peer[]
  peer(): Peer
  /** Called with every frame that a client sends, after it was recorded. */
  onFrame: ((peer: Peer, message: ClientMessage) => void) | null
  onOpen: ((peer: Peer) => void) | null
}

export function memoryNetwork(): MemoryNetwork {
  const peers: Peer[] = []
  const network: MemoryNetwork = {
    webSocket: class implements WebSocketLike {
      binaryType = 'blob'
      onopen: WebSocketLike['onopen'] = null
      onmessage: WebSocketLike['onmessage'] = null
      onclose: WebSocketLike['onclose'] = null
      onerror: WebSocketLike['onerror'] = null
      readonly send: (data: Uint8Array) => void
      readonly close: (code?: number) => void

      constructor(url: string, protocols: string[]) {
        const { peer, fromClient, clientCloses } = createPeer(url, protocols, this, (message) =>
          network.onFrame?.(peer, message),
        )
        this.send = fromClient
        this.close = clientCloses
        peers.push(peer)
        if (network.onOpen !== null) queueMicrotask(() => network.onOpen?.(peer))
      }
    },
    peers,
    peer: () => peers.at(-1)!,
    onFrame: null,
    onOpen: null,
  }
  return network
}

function createPeer(
  url: string,
  protocols: readonly string[],
  socket: WebSocketLike,
  onFrame: (message: ClientMessage) => void,
) {
  const received: ClientMessage[] = []
  let opened = false
  let ended = false // nothing comes any more
  let left = false // the client closed its end: frames on the way still come
  const fire = (handler: ((event: never) => void) | null, event: object) => handler?.(event as never)
  const last = <Type extends ClientMessage['type']>(type: Type) => {
    const found = received.findLast((message) => message.type === type)
    if (found === undefined) throw new Error(`the client sent no ${type}`)
    return found as Extract<ClientMessage, { readonly type: Type }>
  }
  const pushRaw = (data: unknown) => {
    if (!ended) fire(socket.onmessage, { data })
  }
  const push = (...messages: readonly ServerMessage[]) => {
    for (const message of messages) {
      const bytes = encodeServer(message)
      pushRaw(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    }
  }
  const peer: Peer = {
    url,
    protocols,
    received,
    closed: () => ended || left,
    welcome({ games = [], serverTime = START_MS } = {}) {
      opened = true
      fire(socket.onopen, {})
      push(welcome(games, serverTime))
    },
    push,
    pushRaw,
    close(code) {
      if (ended) return
      ended = true
      if (code === undefined) fire(socket.onerror, {})
      fire(socket.onclose, { code: code ?? 1006 })
    },
    error: () => fire(socket.onerror, {}),
    failSilently() {
      ended = true
      fire(socket.onerror, {})
    },
    last,
    count: (type) => received.filter((message) => message.type === type).length,
    ok: (type, value) => push({ type: 'ok', rid: last(type).rid, ...(value === undefined ? {} : { value }) }),
    refuse: (type, code, details) =>
      push({ type: 'error', rid: last(type).rid, code, message: code, ...(details === undefined ? {} : { details }) }),
  }
  return {
    peer,
    fromClient(data: Uint8Array) {
      if (ended || left) return
      const decoded = decodeClient(data)
      if (!decoded.ok) throw new Error(`the client sent a frame that no server takes: ${JSON.stringify(decoded.error)}`)
      received.push(decoded.value)
      onFrame(decoded.value)
    },
    clientCloses() {
      left = true
      if (!opened) fire(socket.onerror, {}) // as Node does
    },
  }
}

export const anna = 'anna' as UserId
export const bert = 'bert' as UserId
export const g1 = '0a0a0a0a-0000-8000-8000-000000000001' as GameId
export const g2 = '0a0a0a0a-0000-8000-8000-000000000002' as GameId

export const welcome = (games: readonly GameId[] = [], serverTime = START_MS): ServerMessage => ({
  type: 'welcome',
  userId: anna,
  serverTime,
  info: { name: 'Anna', games, queue: null, protocol: 1, server: 'memory', level: 'full', durability: 'process' },
})

/** A running casual game of Anna (X) and Bert, as the server shows it to Anna. */
export function view(moves: readonly number[] = [], more: Partial<GameView> = {}): GameView {
  const player = (id: UserId, name: string) => ({ id, name, rating: null, connected: true })
  const players = [player(anna, 'Anna'), player(bert, 'Bert')] as const
  const open = { turn: (moves.length % 2) as 0 | 1, status: 'active', reason: null, winner: null, line: null } as const
  return { mode: 'casual', players, moves, ...open, deadline: START_MS + 30_000, createdAt: START_MS, you: 0, ...more }
}

export const state = (gameId: GameId, moves: readonly number[] = [], more: Partial<GameView> = {}): ServerMessage => ({
  type: 'state',
  gameId,
  version: moves.length + 1 + (more.status === undefined || more.status === 'active' ? 0 : 1),
  game: view(moves, more),
})

/** The platform's HTTP side: each answer is a status with a body, or an error when out of reach. */
export interface MemoryHttp {
  readonly fetch: Fetch
  readonly calls: { readonly path: string; readonly body: unknown; readonly headers: Record<string, string> }[]
  answer: (path: string, body: unknown) => HttpAnswer
}
export interface HttpAnswer {
  readonly status: number
  readonly body?: unknown
  readonly retryAfter?: string
}

/** Signs in everybody: guest number n gets `access-n` and `refresh-n`, valid for 15 min. */
export function memoryHttp(): MemoryHttp {
  const http: MemoryHttp = {
    calls: [],
    answer: () => tokensAnswer(http.calls.length),
    async fetch(url, { body, headers, signal }) {
      const path = new URL(url).pathname
      const parsed: unknown = JSON.parse(body)
      http.calls.push({ path, body: parsed, headers })
      const aborted = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      )
      const { status, body: answer, retryAfter = null } = await Promise.race([aborted, http.answer(path, parsed)])
      const answered = { get: (name: string) => (name === 'retry-after' ? retryAfter : null) }
      return { ok: status < 300, status, headers: answered, json: async () => answer }
    },
  }
  return http
}

export const tokensAnswer = (n: number, expiresIn = 900): HttpAnswer => ({
  status: 201,
  body: { userId: anna, name: 'Anna', accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresIn },
})

/** A client on a memory network and a virtual clock, and the list of all that it told. */
export function setUp(options: Partial<OxoOptions> = {}) {
  const clock = virtualClock()
  const network = memoryNetwork()
  const http = memoryHttp()
  let userReturns = () => {}
  const oxo = createOxo({
    url: 'http://oxo.test',
    clock,
    random: seededRandom(1),
    webSocket: network.webSocket,
    fetch: http.fetch,
    whenUserReturns(listener) {
      userReturns = listener
      return () => {
        userReturns = () => {}
      }
    },
    ...options,
  })
  const statuses: OxoEvents['connection'][] = []
  oxo.on('connection', (status) => statuses.push(status))
  return {
    clock,
    network,
    http,
    oxo,
    statuses,
    userReturns: () => userReturns(),
    peer: () => network.peer(),
    /** Connected and welcome. */
    async online(games: readonly GameId[] = []) {
      const connected = oxo.connect()
      await settled()
      network.peer().welcome({ games })
      await connected
      return network.peer()
    },
  }
}
