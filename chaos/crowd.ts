import { type Clock, delay } from '../kit/clock.ts'
import { pick, type Random } from '../kit/random.ts'
import type { Event, History } from './history.ts'
import { createPlayer, type Habits, type Player } from './player.ts'

/** Where players may connect. */
export interface Door {
  readonly nodeId: string
  readonly port: number
}

export interface CrowdOptions {
  readonly clock: Clock
  readonly random: Random
  readonly history: History
  readonly habits: Habits
  readonly players: number
  /** The api's own URL: sign-ins do not depend on a server. */
  readonly apiUrl: string
  readonly doors: () => readonly Door[]
  readonly liveGames: () => readonly string[]
}

interface Session {
  readonly accessToken: string
  readonly refreshToken: string
}

const HOST = '127.0.0.1'
const STARTED_AT_ONCE = 20
const SIGN_IN_TIMEOUT_MS = 5_000

/** Guests who play all the time, each on a server of its own choice. */
export async function startCrowd(options: CrowdOptions) {
  const { clock, random, apiUrl } = options
  const players: Player[] = []
  let sockets = 0

  const call = async (path: string, body: object): Promise<Session> => {
    const response = await fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(SIGN_IN_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`)
    return (await response.json()) as Session
  }

  async function join(index: number): Promise<void> {
    let session = await call('/auth/guest', {})
    const player = createPlayer({
      ...options,
      index,
      async token(fresh) {
        if (fresh) session = await call('/auth/refresh', { refreshToken: session.refreshToken })
        return session.accessToken
      },
      target(left) {
        const doors = options.doors()
        const others = doors.filter(({ port }) => port !== left)
        const some = others.length > 0 ? others : doors
        return some.length === 0 ? null : { host: HOST, port: pick(random, some).port }
      },
      game: () => {
        const games = options.liveGames()
        return games.length === 0 ? null : pick(random, games)
      },
      nextSocket: () => sockets++,
    })
    players.push(player)
    player.start()
  }

  for (let from = 0; from < options.players; from += STARTED_AT_ONCE) {
    const count = Math.min(STARTED_AT_ONCE, options.players - from)
    await Promise.all(Array.from({ length: count }, (_, i) => join(from + i)))
  }

  return {
    /** No new games; resolves when none runs any more, or with those that still do after `withinMs`. */
    async finish(withinMs: number): Promise<readonly string[]> {
      for (const player of players) player.stopFinding()
      const untilMs = clock.monotonic() + withinMs
      for (;;) {
        const running = new Set(players.map((player) => player.playing()).filter((id) => id !== null))
        if (running.size === 0 || clock.monotonic() > untilMs) return [...running]
        await delay(clock, 100)
      }
    },
    stop(): void {
      for (const player of players) player.stop()
    },
  }
}
export type Crowd = Awaited<ReturnType<typeof startCrowd>>

/** Which games run and when each last went on, from the history as it is written. */
export function createLiveGames() {
  const lastOkMs = new Map<string, number>()
  return {
    see(event: Event): void {
      if (event.e === 'state' && event.status === 'active' && !lastOkMs.has(event.g)) lastOkMs.set(event.g, 0)
      else if (event.e === 'ok' && event.type === 'move' && lastOkMs.has(event.g!)) lastOkMs.set(event.g!, event.t)
      else if (event.e === 'ended' || (event.e === 'state' && event.status !== 'active')) lastOkMs.delete(event.g)
    },
    ids: () => [...lastOkMs.keys()],
    /** When a move of the game was last acknowledged; null: it does not run. */
    lastOkMs: (gameId: string) => lastOkMs.get(gameId) ?? null,
  }
}
export type LiveGames = ReturnType<typeof createLiveGames>
