import { decode, ExtensionCodec, encode } from '@msgpack/msgpack'
import { WebSocket } from 'ws'
import { type Following, follow, type GameView } from './following.ts'
import { fetchJson } from './rest.ts'

/** A client written from PROTOCOL.md alone, for the tests from outside: it shares no line with the project. */

/** Tags of client frames. */
export const FIND = 1
export const CANCEL = 2
export const WATCH = 3
export const UNWATCH = 4
export const MOVE = 5
export const RESIGN = 6
export const REMATCH = 7
export const INVITE = 8
export const ACCEPT = 9
export const PING = 10
export const AUTH = 11
export const SAY = 12
/** Tags of server frames. */
export const WELCOME = 64
export const OK = 65
export const ERROR = 66
export const STATE = 67
export const MOVED = 68
export const ENDED = 69
export const PRESENCE = 70
export const QUEUE = 71
export const GOODBYE = 72
export const OFFER = 73
export const PONG = 74
export const SAID = 75
export const RATED = 76
export const WATCHERS = 77

/** How long a frame, an answer or a close may take before a test gives up, in ms: for a slow, busy machine. */
export const PATIENCE_MS = 20_000
const SERVER_FRAME_BYTES_MAX = 4_096
/** Rids of `request` are above it: those below are for tests that send bytes of their own. */
const OWN_RIDS_FROM = 1_000

export type Frame = readonly unknown[]
export type Match = (frame: Frame) => boolean
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly details: unknown }

export interface Guest {
  readonly userId: string
  readonly name: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

export interface ConnectOptions {
  readonly path?: string
  /** `subprotocol`: as browsers must, in a second item. */
  readonly tokenIn?: 'header' | 'subprotocol'
  readonly headers?: Readonly<Record<string, string>>
}

export interface Client {
  readonly guest: Guest
  readonly socket: WebSocket
  /** Every frame that came, oldest first. */
  readonly frames: readonly Frame[]
  /** When each of them came, ms. */
  readonly arrivedAtMs: readonly number[]
  /** What the server did against PROTOCOL.md in what this socket saw; tests expect none. */
  readonly faults: string[]
  /** The game as STATE, MOVED and ENDED built it up. */
  game(gameId: string): GameView
  /** Sends a request; the answer with its rid. */
  request(tag: number, ...fields: unknown[]): Promise<Answer>
  /** The value of an answer that must be OK. */
  ok(tag: number, ...fields: unknown[]): Promise<unknown>
  /** The code of an answer that must be ERROR, with its details. */
  refused(tag: number, ...fields: unknown[]): Promise<{ readonly code: string; readonly details: unknown }>
  sendBytes(bytes: Uint8Array): void
  /** The first frame since `from` (an index into `frames`) that matches, at once or when it comes. */
  seen(match: Match, from?: number): Promise<Frame>
  /** Resolves when everything that the server sent before its answer to a PING sent now has come. */
  settled(): Promise<void>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** Leaves with a closing handshake: when it resolves the server knows. */
  leave(): Promise<void>
}

export async function signIn(url: string): Promise<Guest> {
  const { status, body } = await fetchJson(url, 'POST', '/auth/guest', { body: {} })
  if (status !== 201) throw new Error(`sign-in answered ${status}`)
  return body as Guest
}

/** Opens a socket and waits for its WELCOME. */
export async function connect(url: string, guest: Guest, options: ConnectOptions = {}): Promise<Client> {
  const client = open(url, guest, options)
  const welcome = await client.seen(() => true)
  if (welcome[0] !== WELCOME) client.faults.push(`first frame ${welcome[0]}`)
  return client
}

/** A new guest with a socket. */
export const arrive = async (url: string, options: ConnectOptions = {}): Promise<Client> =>
  connect(url, await signIn(url), options)

/** Which fields of WELCOME a test reads. */
export interface WelcomeInfo {
  readonly name: string
  readonly games: readonly string[]
  readonly queue: string | null
  readonly protocol: number
  readonly server: string
  readonly level: string
  readonly durability: string
}
export const welcomeOf = (client: Client): WelcomeInfo => client.frames[0]![3] as WelcomeInfo

/** A frame of `tag` whose next fields are `fields`. */
export const is =
  (tag: number, ...fields: readonly unknown[]): Match =>
  (frame) =>
    frame[0] === tag && fields.every((field, at) => frame[at + 1] === field)

function open(
  url: string,
  guest: Guest,
  { path = '/v1/play', tokenIn = 'header', headers = {} }: ConnectOptions,
): Client {
  const offered = tokenIn === 'header' ? ['oxo.v1'] : ['oxo.v1', `bearer.${guest.accessToken}`]
  const authorization = tokenIn === 'header' ? { authorization: `Bearer ${guest.accessToken}` } : {}
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, offered, {
    headers: { ...authorization, ...headers },
  })
  const frames: Frame[] = []
  const arrivedAtMs: number[] = []
  const faults: string[] = []
  const following: Following = follow(faults)
  const answers = new Map<number, (answer: Answer) => void>()
  const waiting = new Set<() => void>()
  let failure: Error | null = null
  let lastRid = OWN_RIDS_FROM

  const wake = () => {
    for (const look of [...waiting]) look()
  }
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) faults.push('text frame')
    if (data.byteLength > SERVER_FRAME_BYTES_MAX) faults.push(`frame of ${data.byteLength} bytes`)
    const frame = decode(data, { extensionCodec: noExtensions }) as Frame
    frames.push(frame)
    arrivedAtMs.push(performance.now())
    if (frame[0] === OK || frame[0] === ERROR) answered(frame)
    else following.take(frame)
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', (code, reason) => {
      failure ??= new Error(`closed with ${code} ${reason}`)
      resolve({ code, reason: reason.toString() })
      wake()
    })
  })

  function answered(frame: Frame): void {
    const [tag, rid, ...rest] = frame
    if (rid === null) return
    const answer = answers.get(rid as number)
    if (answer === undefined) {
      if ((rid as number) > OWN_RIDS_FROM) faults.push(`answer to rid ${String(rid)}, which is not open`)
      return
    }
    answers.delete(rid as number)
    if (tag === OK) answer({ ok: true, value: rest[0] })
    else answer({ ok: false, code: rest[0] as string, message: rest[1] as string, details: rest[2] })
  }

  /** Looks now and after each frame; gives up at the deadline, or when the socket is gone. */
  function wait<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        waiting.delete(tryNow)
      }
      const fail = (why: string) => {
        end()
        reject(new Error(`${what}: ${why}; last frames: ${JSON.stringify(frames.slice(-6))}`))
      }
      const timer = setTimeout(() => fail(`nothing within ${PATIENCE_MS} ms`), PATIENCE_MS)
      const tryNow = () => {
        const found = look()
        if (found !== undefined) {
          end()
          resolve(found)
        } else if (failure !== null) fail(failure.message)
      }
      waiting.add(tryNow)
      tryNow()
    })
  }

  async function request(tag: number, ...fields: unknown[]): Promise<Answer> {
    const rid = ++lastRid
    let answer: Answer | undefined
    answers.set(rid, (given) => {
      answer = given
    })
    socket.send(encode([tag, rid, ...fields]))
    return wait(`answer to ${JSON.stringify([tag, rid, ...fields])}`, () => answer)
  }

  async function ok(tag: number, ...fields: unknown[]): Promise<unknown> {
    const answer = await request(tag, ...fields)
    if (!answer.ok) throw new Error(`${JSON.stringify([tag, ...fields])} was refused: ${answer.code} ${answer.message}`)
    return answer.value
  }

  async function refused(tag: number, ...fields: unknown[]): Promise<{ code: string; details: unknown }> {
    const answer = await request(tag, ...fields)
    if (answer.ok) throw new Error(`${JSON.stringify([tag, ...fields])} was taken`)
    return { code: answer.code, details: answer.details }
  }

  function seen(match: Match, from = 0): Promise<Frame> {
    let at = from
    return wait('frame', () => {
      while (at < frames.length) {
        const frame = frames[at++]!
        if (match(frame)) return frame
      }
      return undefined
    })
  }

  return {
    guest,
    socket,
    frames,
    arrivedAtMs,
    faults,
    game: following.game,
    request,
    ok,
    refused,
    sendBytes: (bytes) => socket.send(bytes),
    seen,
    async settled() {
      const clientTime = ++lastRid
      socket.send(encode([PING, clientTime]))
      await seen(is(PONG, clientTime))
    },
    closed,
    async leave() {
      socket.close()
      await closed
    },
  }
}

/** The protocol knows no extension types: not even msgpack's timestamp. */
const noExtensions = new ExtensionCodec()
noExtensions.register({
  type: -1,
  encode: () => null,
  decode: () => {
    throw new Error('a timestamp in a server frame')
  },
})
