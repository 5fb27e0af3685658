import { type Clock, every } from '../kit/clock.ts'
import { fraction, type Random } from '../kit/random.ts'
import { RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS } from '../protocol/limits.ts'
import { type Pace, startPace } from './pace.ts'
import { onFrame, request, sendMove, watch } from './player.ts'
import { openSocket } from './raw-socket.ts'
import type { Renewals } from './renewal.ts'
import type { Script } from './script.ts'
import { countError, type Game, newPlayer, newTally, type Player, type Table, type Tally } from './table.ts'
import { FIRST_RID, Tag } from './wire.ts'

/** Sockets that may be in their handshake at once. */
const CONNECTING_MAX = 256
/** A player for whom nothing happens for so long asks again, in ms. */
const STUCK_AFTER_MS = 5_000
/** Patience with a server, in ms. */
const CONNECT_WITHIN_MS = 15_000
const FIND_WITHIN_MS = 30_000
const RECHECK_WITHIN_MS = 15_000
const CLOSE_WITHIN_MS = 5_000
const LOOPBACK = /^127\./
/** Loopback players that share a source address, below the limits that a server sets on one. */
const PLAYERS_PER_ADDRESS = 100

export interface Target {
  readonly host: string
  readonly port: number
}

export interface CrowdOptions {
  readonly clock: Clock
  readonly random: Random
  /** Servers; players spread over them, and come back to the next one when theirs is gone. */
  readonly targets: readonly Target[]
  /** Access tokens: one player each. */
  readonly tokens: readonly string[]
  /** Keeps `tokens` good. Absent: they outlive the run. */
  readonly renewals?: Renewals
  readonly script: (gameId: string) => Script
  /** See `Table.verify`. */
  readonly verify: boolean
  /** Come back after a lost socket, and ask again when stuck; else a lost socket only counts as an error. */
  readonly persistent: boolean
}

export interface Crowd {
  readonly tally: Tally
  /** Opens all sockets. False: not all had their WELCOME in time. */
  connect(): Promise<boolean>
  /** Every player without a game sends FIND. False: not all had a game in time. */
  findGames(): Promise<boolean>
  /** Each player moves as soon as it may. */
  playClosedLoop(): void
  /** A move a period in each game. */
  playPaced(periodMs: number): void
  /** Games stand still; nothing is sent but what is under way. */
  pause(): void
  connected(): number
  /** Games that are known to run. */
  gameIds(): readonly string[]
  /** Every player watches its game once more, the last check for lost moves. False: not all were answered in time. */
  recheck(): Promise<boolean>
  close(): Promise<void>
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { clock, persistent } = options
  const players = options.tokens.map((_, index) => newPlayer(index, FIRST_RID))
  const tally = newTally()
  let mode: 'paused' | 'closed' | 'paced' = 'paused'
  let pace: Pace | null = null
  let closing = false
  let waiter: Waiter | null = null

  /** Closed loop: moves leave together when a turn's reads are done, so that the server works while they are written. */
  const due: Game[] = []
  const moveDue = (): void => {
    const nowMs = clock.monotonic()
    for (const game of due.splice(0)) if (mode === 'closed' && game.ready) sendMove(game, nowMs)
  }

  const settle = (): void => {
    if (waiter?.done() === true) waiter.resolve(true)
  }
  const until = (done: () => boolean, withinMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const giveUp = clock.after(withinMs, () => waiter?.resolve(false))
      waiter = {
        done,
        resolve(value) {
          waiter = null
          giveUp()
          resolve(value)
        },
      }
      settle()
    })

  const table: Table = {
    clock,
    tally,
    games: new Map(),
    verify: options.verify,
    script: options.script,
    onReady(game) {
      if (mode === 'closed') {
        if (due.push(game) === 1) clock.endOfTurn(moveDue)
      } else if (mode === 'paced') pace?.ready(game)
    },
    onOpened(game) {
      pace?.add(game)
    },
    onOver(game) {
      if (mode !== 'paused') rematch(game)
    },
    onWelcome(player, games, queued) {
      player.welcomed = true
      player.attempts = 0
      const { game } = player
      for (const gameId of games) {
        if (game?.id === gameId) watch(player, game)
        else request(player, Tag.watch, gameId)
      }
      // A running game that WELCOME does not name has ended, or is lost: its STATE tells.
      if (game !== null && !game.over && !games.includes(game.id)) watch(player, game)
      else if (games.length === 0 && !queued) seek(player)
    },
    onLost: (player) => seek(player),
    onRare: settle,
  }

  const seek = (player: Player): void => {
    if (persistent && mode !== 'paused') request(player, Tag.find, 'casual')
  }
  const open = (player: Player): void => {
    const target = options.targets[(player.index + player.attempts) % options.targets.length]!
    const localAddress = sourceAddress(target.host, player.index)
    const source = localAddress === undefined ? {} : { localAddress }
    player.socket = openSocket(
      { ...target, ...source, token: options.tokens[player.index]! },
      {
        frame: (bytes, start, end) => onFrame(table, player, bytes, start, end),
        closed(code, status) {
          player.welcomed = false
          player.socket = null
          player.moveRid = 0
          if (!closing) countError(tally, status === null ? `closed_${code}` : `refused_${status}`)
          settle()
          if (persistent && !closing) reopenLater(player)
        },
      },
    )
  }
  const reopenLater = (player: Player): void => {
    const delayMs = Math.min(RECONNECT_FIRST_DELAY_MS * 2 ** player.attempts, RECONNECT_DELAY_MAX_MS)
    player.attempts += 1
    clock.after(fraction(options.random) * delayMs, () => {
      if (!closing && player.socket === null) open(player)
    })
  }
  const askAgain = (): void => {
    const nowMs = clock.monotonic()
    for (const player of players) {
      if (player.socket === null || mode === 'paused' || nowMs - player.progressAtMs < STUCK_AFTER_MS) continue
      player.progressAtMs = nowMs
      countError(tally, 'stuck')
      if (player.game === null || player.game.over) request(player, Tag.find, 'casual')
      else watch(player, player.game)
    }
  }
  const stopAsking = persistent ? every(clock, STUCK_AFTER_MS, askAgain) : () => {}
  const stopRenewing = options.renewals?.start(
    clock,
    (index) => {
      const player = players[index]!
      if (player.welcomed) request(player, Tag.auth, options.tokens[index]!)
    },
    () => countError(tally, 'renewal'),
  )

  const start = (next: 'closed' | 'paced', periodMs: number): void => {
    pace?.stop()
    pace = next === 'paced' ? startPace(clock, periodMs) : null
    mode = next
    for (const player of players) player.progressAtMs = clock.monotonic()
    for (const game of [...table.games.values()]) {
      if (game.over) rematch(game)
      else if (pace !== null) pace.add(game)
      else if (game.ready) sendMove(game, clock.monotonic())
    }
  }

  return {
    tally,
    gameIds: () => [...table.games.keys()],
    connected: () => players.reduce((count, player) => count + Number(player.welcomed), 0),
    async connect() {
      for (let at = 0; at < players.length; at += CONNECTING_MAX) {
        const batch = players.slice(at, at + CONNECTING_MAX)
        for (const player of batch) open(player)
        await until(() => batch.every((player) => player.welcomed || player.socket === null), CONNECT_WITHIN_MS)
      }
      return players.every((player) => player.welcomed)
    },
    findGames() {
      const seekers = players.filter((player) => player.socket !== null && player.game === null)
      for (const player of seekers) request(player, Tag.find, 'casual')
      return until(() => seekers.every((player) => isSeated(player)), FIND_WITHIN_MS)
    },
    playClosedLoop: () => start('closed', 0),
    playPaced: (periodMs) => start('paced', periodMs),
    pause() {
      mode = 'paused'
      pace?.stop()
      pace = null
    },
    recheck() {
      const seated = players.filter((player) => player.socket !== null && player.game !== null)
      const wanted = tally.statesIn + seated.length
      for (const player of seated) watch(player, player.game!)
      return until(() => tally.statesIn >= wanted, RECHECK_WITHIN_MS)
    },
    async close() {
      closing = true
      stopAsking()
      stopRenewing?.()
      pace?.stop()
      for (const player of players) player.socket?.end()
      await until(() => players.every((player) => player.socket === null), CLOSE_WITHIN_MS)
      for (const player of players) player.socket?.destroy()
    },
  }
}

interface Waiter {
  readonly done: () => boolean
  readonly resolve: (inTime: boolean) => void
}

const isSeated = ({ game }: Player): boolean => game !== null && game.seats[0] !== null && game.seats[1] !== null

function rematch(game: Game): void {
  const first = game.seats[0]
  if (game.offered || first === null) return
  game.offered = true
  request(first, Tag.rematch, game.id)
}

/** The source address for a loopback player, undefined for the default one. */
export const sourceAddress = (host: string, index: number): string | undefined => {
  if (!LOOPBACK.test(host)) return undefined
  const slot = Math.floor(index / PLAYERS_PER_ADDRESS)
  return `127.0.${1 + Math.floor(slot / 250)}.${1 + (slot % 250)}`
}
