import { type Clock, delay, every, systemClock } from '../kit/clock.ts'
import { below, fraction, type Random, systemRandom } from '../kit/random.ts'
import { sourceAddress } from '../loadtest/crowd.ts'
import { clientFrame } from '../loadtest/frames.ts'
import { signInGuests } from '../loadtest/guests.ts'
import { createHistogram } from '../loadtest/histogram.ts'
import { openSocket, type RawSocket } from '../loadtest/raw-socket.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { startCluster } from '../scripts/local-cluster.ts'

const HOST = '127.0.0.1'
const LOOK_MS = 5
const CONNECT_WITHIN_MS = 30_000
const WARM_UP_MS = 5_000
/** A FIND without a game for so long is one that nobody answers; QUEUE frames would go on. */
const LOST_AFTER_MS = 10_000

export interface FindsOptions {
  readonly url: string
  readonly servers: number
  readonly players: number
  /** FINDs of all players, a second. */
  readonly perSecond: number
  readonly seconds: number
  readonly say: (line: string) => void
}

export interface FindsFigures {
  /** FIND sent to STATE received, by the player's clock, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly findsPerSecond: number
  /** FINDs that were due while no player was free to ask. */
  readonly late: number
  readonly errors: Readonly<Record<string, number>>
}

interface Seeker {
  readonly socket: RawSocket
  /** Null: none under way. */
  findMs: number | null
  gameId: string | null
}

/** Players who ask for a game, give it up as soon as they see it, and ask again later: real processes, sockets and store. */
export async function measureFinds(options: FindsOptions): Promise<FindsFigures> {
  const clock = systemClock
  const cluster = await startCluster({
    servers: options.servers,
    valkeyUrl: options.url,
    env: { RATE_LIMIT_ANONYMOUS: '1000000', RATE_LIMIT_SIGNED_IN: '1000000', LOG_LEVEL: 'info' },
    line: (name, line) => line.includes('"level":"error"') && options.say(`${name}: ${line}`),
  })
  const crowd = createSeekers(clock, systemRandom)
  try {
    // Results wait in the outbox: what becomes of them is another bench's question.
    await cluster.end('persistence-1')
    const { servers, api } = cluster.view()
    const apiPort = Number(new URL(api[0]!.url).port)
    const tokens = await signInGuests({ host: HOST, port: apiPort, count: options.players, addressOf: () => undefined })
    tokens.forEach((token, index) => {
      crowd.connect(token, Number(new URL(servers[index % servers.length]!.url).port), sourceAddress(HOST, index))
    })
    const untilMs = clock.monotonic() + CONNECT_WITHIN_MS
    while (crowd.connected() < options.players) {
      if (clock.monotonic() > untilMs) throw new Error(`${crowd.connected()} of ${options.players} players connected`)
      await delay(clock, LOOK_MS)
    }
    options.say(`${options.players} players on ${options.servers} servers`)
    const stop = crowd.ask(options.perSecond)
    await delay(clock, WARM_UP_MS)
    crowd.reset()
    await delay(clock, options.seconds * 1_000)
    stop()
    return crowd.figures(options.seconds)
  } finally {
    crowd.close()
    await cluster.stop()
  }
}

function createSeekers(clock: Clock, random: Random) {
  const seekers: Seeker[] = []
  /** Who may ask, longest idle first. */
  let idle: Seeker[] = []
  const waitedUs = createHistogram()
  let errors: Record<string, number> = {}
  let connected = 0
  let finds = 0
  let late = 0
  let lastRid = 0
  let closing = false

  const count = (error: string) => {
    if (!closing) errors[error] = (errors[error] ?? 0) + 1
  }
  const send = (seeker: Seeker, message: ClientMessage) => seeker.socket.send(clientFrame(encodeClient(message)))

  function find(seeker: Seeker): void {
    seeker.findMs = clock.monotonic()
    finds += 1
    send(seeker, { type: 'find', rid: ++lastRid, mode: below(random, 2) === 0 ? 'casual' : 'ranked' })
  }

  function free(seeker: Seeker): void {
    seeker.gameId = null
    seeker.findMs = null
    idle.push(seeker)
  }

  function receive(seeker: Seeker, message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        connected += 1
        return free(seeker)
      case 'state': {
        const { gameId, game } = message
        if (game.status !== 'active' || game.you === null || seeker.gameId === gameId) return
        if (seeker.findMs === null) return count('STATE unasked')
        waitedUs.record((clock.monotonic() - seeker.findMs) * 1_000)
        seeker.gameId = gameId
        // The other one may resign first: GAME_OVER.
        if (game.you === 0) send(seeker, { type: 'resign', rid: ++lastRid, gameId })
        return
      }
      case 'ended':
        if (message.gameId !== seeker.gameId) return
        send(seeker, { type: 'unwatch', rid: ++lastRid, gameId: message.gameId })
        return free(seeker)
      case 'error':
        count(message.code)
        if (seeker.gameId === null && seeker.findMs !== null) free(seeker)
    }
  }

  return {
    connect(token: string, port: number, localAddress: string | undefined): void {
      const source = localAddress === undefined ? {} : { localAddress }
      const socket = openSocket(
        { host: HOST, port, token, ...source },
        {
          frame(bytes, start, end) {
            const decoded = decodeServer(bytes.subarray(start, end))
            if (decoded.ok && decoded.value !== null) receive(seeker, decoded.value)
            else count('unreadable frame')
          },
          closed: (code, status) => count(`closed ${status ?? code}`),
        },
      )
      const seeker: Seeker = { socket, findMs: null, gameId: null }
      seekers.push(seeker)
    },
    connected: () => connected,
    /** FINDs at random moments, so many a second on average, each by one of the players that are longest without a game. */
    ask(perSecond: number): () => void {
      let dueMs = clock.monotonic()
      return every(clock, LOOK_MS, () => {
        const nowMs = clock.monotonic()
        for (; dueMs <= nowMs; dueMs += (-Math.log(1 - fraction(random)) * 1_000) / perSecond) {
          const seeker = idle.shift()
          if (seeker === undefined) late += 1
          else find(seeker)
        }
      })
    },
    reset(): void {
      waitedUs.reset()
      errors = {}
      finds = 0
      late = 0
    },
    figures(seconds: number): FindsFigures {
      const nowMs = clock.monotonic()
      const lost = seekers.filter(
        ({ findMs, gameId }) => gameId === null && findMs !== null && nowMs - findMs > LOST_AFTER_MS,
      )
      for (const _ of lost) count('no game')
      const ms = (percent: number) => Math.round(waitedUs.percentile(percent) / 100) / 10
      const findsPerSecond = Math.round(finds / seconds)
      return { p50Ms: ms(50), p99Ms: ms(99), maxMs: ms(100), findsPerSecond, late, errors }
    },
    close(): void {
      closing = true
      idle = []
      for (const { socket } of seekers) socket.destroy()
    },
  }
}
