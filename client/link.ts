import type { CancelTimer, Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { leastDelayMs, OxoError } from './errors.ts'
import type { Unsubscribe } from './events.ts'
import { type Pulse, startPulse } from './pulse.ts'
import { afterClose, backoffMs } from './reconnect.ts'
import type { ServerTime } from './server-time.ts'
import type { Session } from './session.ts'
import { CLOSE_BROKEN, openSocket, type Socket } from './socket.ts'
import type { WebSocketConstructor } from './web-socket.ts'

/** A connection that lived this long, in ms, makes the next failure a first one again. */
export const STABLE_AFTER_MS = 10_000
/** After this many handshakes in a row that failed without a reason, the token may be the reason: browsers do not tell. */
const SUSPECT_TOKEN_AFTER = 2

export type ConnectionStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** Comes back by itself; `code`: why the last connection ended, null when none was made. */
  | { readonly state: 'waiting'; readonly retryInMs: number; readonly code: number | null }
  /** Comes back when the user does: when the page is looked at again, or with the next request. */
  | { readonly state: 'away' }
  /** Does not come back by itself. */
  | { readonly state: 'stopped'; readonly code: number | null; readonly error: OxoError }

export interface LinkOptions {
  readonly clock: Clock
  readonly random: Random
  readonly webSocket: WebSocketConstructor
  readonly url: string
  readonly session: Session
  readonly time: ServerTime
  readonly whenUserReturns: (listener: () => void) => Unsubscribe
  readonly awaitingSince: () => number | null
  /** Every message but PONG; WELCOME comes when the status is `open` already. */
  readonly onMessage: (message: ServerMessage) => void
  /** The open connection went; comes before the new status. */
  readonly onLost: () => void
  readonly onStatus: (status: ConnectionStatus) => void
}

/** One connection that lasts over many sockets. */
export interface Link {
  status(): ConnectionStatus
  /** Connects, if not on the way already. */
  start(): void
  /** The user is there: ends `away`, and cuts a wait short as far as the server allows. */
  wake(): void
  /** False: not open, nothing was sent. @throws OxoError BAD_REQUEST for a message that fits in no frame */
  send(message: ClientMessage): boolean
  ping(): Promise<number>
  stop(error: OxoError): void
}

export function createLink(options: LinkOptions): Link {
  const { clock, random, session, time, onMessage, onLost, onStatus } = options
  let status: ConnectionStatus = { state: 'idle' }
  let socket: Socket | null = null
  let pulse: Pulse | null = null
  let cancelTimer: CancelTimer = () => {}
  let forgetUser: Unsubscribe = () => {}
  let generation = 0 // of attempts: what an older one still brings is ignored
  let failures = 0
  let silentFailures = 0
  let openedAt = 0
  let notBefore = 0 // monotonic: the least delay that a server asked for ends here
  let renewToken = false

  function become(next: ConnectionStatus): void {
    status = next
    onStatus(next)
  }

  async function attempt(): Promise<void> {
    cancelTimer()
    const own = ++generation
    become({ state: 'connecting' })
    if (own !== generation) return // a listener stopped us
    const suspect = silentFailures >= SUSPECT_TOKEN_AFTER && session.renewable()
    const access = await session.access(renewToken || suspect)
    if (own !== generation) return
    if (!access.ok) {
      if (access.error.kind === 'refused') halt(null, access.error.error)
      else retry(null, access.error.leastMs)
      return
    }
    renewToken = false
    if (suspect) silentFailures = 0
    const { webSocket, url } = options
    try {
      socket = openSocket({ webSocket, clock, url, accessToken: access.value, onMessage: receive, onClosed: closed })
    } catch (error) {
      // The host refuses this URL or token as such: another try would end the same.
      halt(
        null,
        new OxoError('BAD_REQUEST', `no socket can be opened: ${error instanceof Error ? error.message : error}`),
      )
    }
  }

  function receive(message: ServerMessage): void {
    const own = generation
    pulse?.heard()
    if (message.type === 'welcome') opened(message.serverTime)
    if (own !== generation) return // a listener stopped us
    if (message.type === 'goodbye') leaveLater(leastDelayMs({ retryAfterMs: message.retryAfterMs }))
    if (message.type === 'pong') pulse?.pong(message)
    else onMessage(message)
  }

  function opened(serverTime: number): void {
    if (status.state === 'open') return
    openedAt = clock.monotonic()
    silentFailures = 0
    time.sample(serverTime, null)
    pulse = startPulse({
      clock,
      time,
      send,
      awaitingSince: options.awaitingSince,
      onDead: () => drop(CLOSE_BROKEN),
    })
    become({ state: 'open' })
    void pulse?.ping().catch(() => {}) // the server's clock, better than WELCOME tells it
  }

  /** GOODBYE: the server closes soon. We leave by ourselves after the delay, or come back then if it closed earlier. */
  function leaveLater(leastMs: number): void {
    const delayMs = backoffMs(random, 0, leastMs)
    notBefore = clock.monotonic() + leastMs
    cancelTimer()
    cancelTimer = clock.after(delayMs, () => {
      lose()
      void attempt()
    })
  }

  function drop(code: number): void {
    socket?.close()
    closed(code)
  }

  function lose(): void {
    const wasOpen = status.state === 'open'
    generation += 1
    socket?.close()
    socket = null
    pulse?.stop()
    pulse = null
    if (wasOpen && clock.monotonic() - openedAt >= STABLE_AFTER_MS) failures = 0
    if (wasOpen) onLost()
    else silentFailures += 1
  }

  function closed(code: number): void {
    cancelTimer()
    lose()
    const then = afterClose(code)
    if (then.next === 'stop') halt(code, new OxoError('CLOSED', `the server closed the connection for good (${code})`))
    else if (then.next === 'wait_for_user') become({ state: 'away' })
    else {
      renewToken ||= then.newToken
      retry(code, then.leastMs)
    }
  }

  function retry(code: number | null, leastMs: number): void {
    notBefore = Math.max(notBefore, clock.monotonic() + leastMs)
    wait(code)
  }

  function wait(code: number | null): void {
    const retryInMs = backoffMs(random, failures++, Math.max(0, notBefore - clock.monotonic()))
    cancelTimer()
    cancelTimer = clock.after(retryInMs, () => void attempt())
    become({ state: 'waiting', retryInMs: Math.round(retryInMs), code })
  }

  function wake(): void {
    if (status.state === 'away') void attempt()
    if (status.state !== 'waiting') return
    failures = 0
    wait(status.code)
  }

  function halt(code: number | null, error: OxoError): void {
    generation += 1
    cancelTimer()
    forgetUser()
    become({ state: 'stopped', code, error })
  }

  function send(message: ClientMessage): boolean {
    if (status.state !== 'open' || socket === null) return false
    socket.send(message)
    return true
  }

  return {
    status: () => status,
    start() {
      if (status.state !== 'idle' && status.state !== 'stopped') return
      forgetUser()
      forgetUser = options.whenUserReturns(wake)
      failures = 0
      void attempt()
    },
    wake,
    send,
    ping: () => pulse?.ping() ?? Promise.reject(new OxoError('UNAVAILABLE', 'not connected')),
    stop(error) {
      if (status.state === 'stopped') return
      cancelTimer()
      lose()
      halt(null, error)
    },
  }
}
