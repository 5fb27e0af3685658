import { type Clock, every } from '../kit/clock.ts'
import { createHistogram } from './histogram.ts'
import { type Pace, startPace } from './pace.ts'
import { onFrame, request, sendMove } from './player.ts'
import { openSocket } from './raw-socket.ts'
import type { Script } from './script.ts'
import { countError, type Game, newPlayer, type Player, type Table, type Tally } from './table.ts'
import { FIRST_RID, Tag } from './wire.ts'

/** Sockets that may be in their handshake at once. */
const CONNECTING_MAX = 256
/** A player for whom nothing happens for so long asks again, in ms. */
const STUCK_AFTER_MS = 5_000
const RECONNECT_DELAY_MS = 500
const LOOPBACK = /^127\./
/** Loopback players that share a source address, below the limits that a server sets on one. */
const PLAYERS_PER_ADDRESS = 100

export interface CrowdOptions {
  readonly clock: Clock
  readonly host: string
  readonly port: number
  /** One player each; null plays without a token. */
  readonly tokens: readonly (string | null)[]
  readonly script: () => Script
  /** See `Table.verify`. */
  readonly verify: boolean
  /** Come back after a lost socket, and ask again when stuck; else a lost socket only counts as an error. */
  readonly persistent: boolean
}

export interface Crowd {
  readonly tally: Tally
  /** Opens sockets for players up to `count`; resolves when all have their WELCOME. */
  connect(count?: number): Promise<void>
  /** Every player without a game sends FIND; resolves when all play. */
  findGames(): Promise<void>
  /** Each player moves as soon as it may. */
  playClosedLoop(): void
  /** A move a period in each game. */
  playPaced(periodMs: number): void
  /** Games stand still; nothing is sent but the next rematch. */
  pause(): void
  connected(): number
  /** Every player asks for its game once more; resolves when all answered: the last check for lost moves. */
  recheck(): Promise<void>
  close(): Promise<void>
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { clock, persistent } = options
  const players = options.tokens.map((_, index) => newPlayer(index, FIRST_RID))
  const tally = newTally()
  let mode: 'paused' | 'closed' | 'paced' = 'paused'
  let pace: Pace | null = null
  let closing = false
  let waiter: { readonly done: () => boolean; readonly resolve: () => void } | null = null

  /** Closed loop: moves leave together when a turn's reads are done, so that the server works while they are written. */
  const due: Game[] = []
  const moveDue = (): void => {
    const nowMs = clock.monotonic()
    for (const game of due.splice(0)) if (mode === 'closed' && game.ready) sendMove(game, nowMs)
  }

  const settle = (): void => {
    if (waiter?.done() === true) {
      const { resolve } = waiter
      waiter = null
      resolve()
    }
  }
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiter = { done, resolve }
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
      for (const gameId of games) request(player, Tag.watch, gameId)
      if (persistent && games.length === 0 && !queued && mode !== 'paused') request(player, Tag.find, 'casual')
    },
    onRare: settle,
  }

  const open = (player: Player): void => {
    const localAddress = sourceAddress(options.host, player.index)
    player.socket = openSocket(
      {
        host: options.host,
        port: options.port,
        token: options.tokens[player.index]!,
        ...(localAddress === undefined ? {} : { localAddress }),
      },
      {
        open() {},
        frame: (bytes, start, end) => onFrame(table, player, bytes, start, end),
        closed(code, status) {
          player.welcomed = false
          player.socket = null
          player.moveRid = 0
          if (!closing) countError(tally, status === null ? `closed_${code}` : `refused_${status}`)
          settle()
          if (persistent && !closing) clock.after(RECONNECT_DELAY_MS, () => reopen(player))
        },
      },
    )
  }
  const reopen = (player: Player): void => {
    if (!closing && player.socket === null) open(player)
  }
  const askAgain = (): void => {
    const nowMs = clock.monotonic()
    for (const player of players) {
      if (player.socket === null || mode === 'paused' || nowMs - player.progressAtMs < STUCK_AFTER_MS) continue
      player.progressAtMs = nowMs
      countError(tally, 'stuck')
      if (player.game === null || player.game.over) request(player, Tag.find, 'casual')
      else request(player, Tag.watch, player.game.id)
    }
  }
  const stopAsking = persistent ? every(clock, STUCK_AFTER_MS, askAgain) : () => {}

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
    connected: () => players.reduce((count, player) => count + Number(player.welcomed), 0),
    async connect(count = players.length) {
      for (let at = 0; at < count; at += CONNECTING_MAX) {
        const batch = players.slice(at, Math.min(count, at + CONNECTING_MAX)).filter((player) => player.socket === null)
        for (const player of batch) open(player)
        await until(() => batch.every((player) => player.welcomed || player.socket === null))
      }
    },
    async findGames() {
      const seekers = players.filter((player) => player.socket !== null && player.game === null)
      for (const player of seekers) request(player, Tag.find, 'casual')
      await until(() => seekers.every((player) => player.game?.seats.every((seat) => seat !== null)))
    },
    playClosedLoop: () => start('closed', 0),
    playPaced: (periodMs) => start('paced', periodMs),
    pause() {
      mode = 'paused'
      pace?.stop()
      pace = null
    },
    async recheck() {
      const seated = players.filter((player) => player.socket !== null && player.game !== null)
      const wanted = tally.statesIn + seated.length
      for (const player of seated) request(player, Tag.watch, player.game!.id)
      await until(() => tally.statesIn >= wanted)
    },
    async close() {
      closing = true
      stopAsking()
      pace?.stop()
      for (const player of players) player.socket?.end()
      await until(() => players.every((player) => player.socket === null))
    },
  }
}

function rematch(game: Game): void {
  const first = game.seats[0]
  if (first !== null) request(first, Tag.rematch, game.id)
}

const newTally = (): Tally => ({
  moves: 0,
  games: 0,
  lostAcks: 0,
  statesIn: 0,
  framesIn: 0,
  bytesIn: 0,
  errors: new Map(),
  okUs: createHistogram(),
  movedUs: createHistogram(),
})

/** The source address for a loopback player, undefined for the default one. */
export const sourceAddress = (host: string, index: number): string | undefined => {
  if (!LOOPBACK.test(host)) return undefined
  const slot = Math.floor(index / PLAYERS_PER_ADDRESS)
  return `127.0.${1 + Math.floor(slot / 250)}.${1 + (slot % 250)}`
}
