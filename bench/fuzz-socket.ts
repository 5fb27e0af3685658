import type { Clock } from '../kit/clock.ts'
import { clientFrame, Opcode } from '../loadtest/frames.ts'
import { openSocket, type RawSocket, type SocketTarget } from '../loadtest/raw-socket.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { ServerMessage } from '../protocol/messages.ts'
import { expectation } from './fuzz-oracle.ts'

/** Frames sent in one go; none of them closes the socket. */
const BATCH_MAX = 32
/** An answer that takes longer is missing, in ms. */
const ANSWER_WITHIN_MS = 10_000
/** After so many the run is over: they are likely one and the same. */
const VIOLATIONS_MAX = 20
const ALIVE = { type: 'ping', clientTime: 0xa11fe } as const

/** What the sockets of one run have met. */
export interface FuzzTally {
  sent: number
  answers: number
  readonly closes: Map<number, number>
  /** What PROTOCOL.md does not allow, with the frames that led to it in hex. */
  readonly violations: string[]
}

export interface FuzzSource {
  /** The next frame to send; null when there is no more. `gameId`: the sender's own game, if any. */
  next(gameId: string | null): { readonly bytes: Uint8Array; readonly isText: boolean } | null
}

/**
 * One hostile player. Sends frames in batches, and knows from the protocol what each must get: exactly one OK, ERROR or PONG, or a
 * close with a certain code. Comes back after each close. Resolves when the source is empty.
 */
export function fuzzPlayer(clock: Clock, target: SocketTarget, source: FuzzSource, tally: FuzzTally): Promise<void> {
  let gameId: string | null = null
  let socket: RawSocket
  /** Answers still to come, by rid, 'nil' or 'pong'. */
  const awaited = new Map<string, number>()
  let awaitedCount = 0
  /** A frame that will close the socket: sent when everything before it has been answered. */
  let fatal: { readonly bytes: Uint8Array; readonly isText: boolean; readonly closes: readonly number[] } | null = null
  let isFatalSent = false
  let isDone = false
  let sentInBatch: string[] = []
  let cancelTimeout = () => {}

  return new Promise((resolve) => {
    const violate = (what: string): void => {
      tally.violations.push(`${what} after ${sentInBatch.join(' ')}`)
    }
    const watchdog = (what: string): void => {
      cancelTimeout()
      cancelTimeout = clock.after(ANSWER_WITHIN_MS, () => {
        violate(`${what}: ${[...awaited.keys()].join(', ') || 'no close'}`)
        socket.destroy()
      })
    }
    const expectAnswer = (key: string): void => {
      awaited.set(key, (awaited.get(key) ?? 0) + 1)
      awaitedCount += 1
    }
    const sendBatch = (): void => {
      const frames: Buffer[] = []
      sentInBatch = []
      while (fatal === null && frames.length < BATCH_MAX) {
        const next = source.next(gameId)
        if (next === null) {
          isDone = true
          break
        }
        tally.sent += 1
        const expected = expectation(next.bytes, next.isText)
        if ('closes' in expected) fatal = { ...next, ...expected }
        else {
          expectAnswer(expected.answer)
          sentInBatch.push(hexOf(next.bytes))
          frames.push(clientFrame(next.bytes))
        }
      }
      expectAnswer('pong')
      frames.push(clientFrame(encodeClient(ALIVE)))
      watchdog('no answer')
      socket.send(Buffer.concat(frames))
    }
    const sendFatal = ({ bytes, isText, closes }: NonNullable<typeof fatal>): void => {
      sentInBatch = [hexOf(bytes)]
      isFatalSent = true
      watchdog(`no close ${closes[0]}`)
      socket.send(clientFrame(bytes, isText ? Opcode.text : Opcode.binary))
    }
    const onAnswer = (key: string): void => {
      const left = awaited.get(key)
      if (left === undefined) {
        // A frame that closes may be answered for what came before it: only then are answers not counted.
        if (!isFatalSent) violate(`an answer to ${key} that nothing asked for`)
        return
      }
      if (left === 1) awaited.delete(key)
      else awaited.set(key, left - 1)
      awaitedCount -= 1
      tally.answers += 1
      if (awaitedCount > 0) return
      cancelTimeout()
      if (fatal !== null) sendFatal(fatal)
      else if (isDone) socket.end()
      else sendBatch()
    }
    const onMessage = (message: ServerMessage): void => {
      switch (message.type) {
        case 'welcome':
          sendBatch()
          break
        case 'ok':
          onAnswer(`${message.rid}`)
          break
        case 'error':
          onAnswer(`${message.rid ?? 'nil'}`)
          break
        case 'pong':
          onAnswer('pong')
          break
        case 'state':
          if (message.game.you !== null) gameId = message.gameId
          break
      }
    }
    const onClosed = (code: number, status: number | null): void => {
      cancelTimeout()
      tally.closes.set(code, (tally.closes.get(code) ?? 0) + 1)
      if (status !== null) violate(`refused with ${status}`)
      const isExpected = isFatalSent ? fatal?.closes.includes(code) : isDone && awaitedCount === 0
      if (!isExpected) violate(`closed with ${code}`)
      awaited.clear()
      awaitedCount = 0
      fatal = null
      isFatalSent = false
      if (isDone || tally.violations.length >= VIOLATIONS_MAX) resolve()
      else open()
    }
    const open = (): void => {
      sentInBatch = []
      watchdog('no WELCOME')
      socket = openSocket(target, {
        frame(bytes, start, end) {
          const decoded = decodeServer(bytes.subarray(start, end))
          if (!decoded.ok) violate(`a frame that is none of ours: ${decoded.error}`)
          else if (decoded.value !== null) onMessage(decoded.value)
        },
        closed: onClosed,
      })
    }
    open()
  })
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
