import {
  App,
  type HttpRequest,
  type HttpResponse,
  type us_listen_socket,
  type us_socket_context_t,
  us_socket_local_port,
  type WebSocket,
} from 'uWebSockets.js'
import { encode } from '@msgpack/msgpack'

/**
 * The floor: the least that any uWebSockets.js program can spend on the bench's traffic. Frames in and out, their
 * bytes and the writes to sockets are those of the real server; the rest is left out. Frames are made once and patched in
 * place, nothing is checked, stored or timed. It serves the load generator of `loadtest/` and no other client.
 */
const frame = (fields: readonly unknown[]): Buffer => Buffer.from(encode(fields))

/** Sizes as in the real server; `bench/server.ts` checks that the bytes a move are the same. */
const ID_BYTES = 36
const USER_ID = 'kVqH3W1pT5aYk2b0dE8xQg'
const NAME = 'Quiet Otter 42'
const AT_MS = 1_700_000_000_000
const POWERS = [1, 3, 9, 27, 81, 243, 729, 2_187, 6_561]
const LAST_PLY = 8
/** The running one and those just finished. */
const GAMES_WATCHED = 5

/** Where things stand in the generator's MOVE and REMATCH. */
const TAG_AT = 1
const RID_AT = 2
const RID_BYTES = 5
const PLY_AT = RID_AT + RID_BYTES + 2 + ID_BYTES
const CELL_AT = PLY_AT + 1
const Tag = { find: 1, move: 5, rematch: 7 } as const

const ID = 'x'.repeat(ID_BYTES)
/** In every frame about a game the id's text starts here; version, ply, cell and board follow it. */
const GAME_ID_AT = 4
const VERSION_AT = GAME_ID_AT + ID_BYTES
const BOARD_AT = VERSION_AT + 4
const NEW_ID_AT = RID_AT + RID_BYTES + 2

const welcome = frame([
  64,
  USER_ID,
  AT_MS,
  { name: NAME, games: [], queue: null, protocol: 1, server: 'node-12345678', level: 'full', durability: 'process' },
])
const ok = frame([65, 0x1_0000])
const okWithId = frame([65, 0x1_0000, ID])
const moved = frame([68, ID, 2, 0, 8, POWERS[8], AT_MS])
const lastMoved = frame([68, ID, 10, LAST_PLY, 8, POWERS[8], null])
const ended = frame([69, ID, 11, 'completed', 'board_full', null, null])
const offer = frame([73, ID, 0])
const watchers = frame([77, ID, 2])
const states = [stateFor(0), stateFor(1)] as const

interface Player {
  ws: WebSocket<Player> | null
  other: Player | null
  seat: 0 | 1
  offers: boolean
  game: Game
  /** Games opened since it was last told WATCHERS. */
  untold: number
}
interface Game {
  readonly id: Buffer
  board: number
}

let waiting: Player | null = null
let opened = 0
const players = new Set<Player>()
/** Who gets MOVED and ENDED of a last move when the mover's own output has left: one write for both. */
const finishing: Player[] = []

function onMessage(ws: WebSocket<Player>, message: ArrayBuffer): void {
  const bytes = new Uint8Array(message)
  const player = ws.getUserData()
  switch (bytes[TAG_AT]) {
    case Tag.move:
      onMove(player, bytes)
      break
    case Tag.rematch:
      onRematch(player, bytes)
      break
    case Tag.find:
      onFind(player, bytes)
      break
  }
}

function onMove(player: Player, bytes: Uint8Array): void {
  const { game } = player
  const other = player.other!
  const ply = bytes[PLY_AT]!
  const cell = bytes[CELL_AT]!
  game.board += POWERS[cell]! * (1 + (ply & 1))
  const frame = ply === LAST_PLY ? lastMoved : moved
  frame.set(game.id, GAME_ID_AT)
  frame[VERSION_AT] = ply + 2
  frame[VERSION_AT + 1] = ply
  frame[VERSION_AT + 2] = cell
  frame[BOARD_AT] = game.board >> 8
  frame[BOARD_AT + 1] = game.board & 255
  answer(ok, bytes)
  // This socket is corked while its message is handled: its frames leave in one write.
  player.ws!.send(ok, true)
  player.ws!.send(frame, true)
  if (ply !== LAST_PLY) {
    other.ws!.send(frame, true)
    return
  }
  ended.set(game.id, GAME_ID_AT)
  player.ws!.send(ended, true)
  if (finishing.push(other) === 1) setImmediate(finish)
}

function finish(): void {
  for (const player of finishing.splice(0)) {
    const { game } = player
    player.ws?.cork(() => {
      lastMoved.set(game.id, GAME_ID_AT)
      lastMoved[VERSION_AT + 2] = 0
      lastMoved[BOARD_AT] = game.board >> 8
      lastMoved[BOARD_AT + 1] = game.board & 255
      player.ws!.send(lastMoved, true)
      ended.set(game.id, GAME_ID_AT)
      player.ws!.send(ended, true)
    })
  }
}

function onRematch(player: Player, bytes: Uint8Array): void {
  const other = player.other!
  if (other.offers) {
    other.offers = false
    const { game } = player
    renew(game)
    player.seat = player.seat === 0 ? 1 : 0
    other.seat = player.seat === 0 ? 1 : 0
    answer(okWithId, bytes)
    okWithId.set(game.id, NEW_ID_AT)
    player.ws!.send(okWithId, true)
    sendState(player)
    sendState(other)
    return
  }
  player.offers = true
  answer(ok, bytes)
  offer.set(player.game.id, GAME_ID_AT)
  offer[GAME_ID_AT + ID_BYTES] = player.seat
  player.ws!.send(ok, true)
  player.ws!.send(offer, true)
  other.ws!.send(offer, true)
}

function onFind(player: Player, bytes: Uint8Array): void {
  answer(ok, bytes)
  player.ws!.send(ok, true)
  if (waiting === null) {
    waiting = player
    return
  }
  const first = waiting
  waiting = null
  const game = { id: Buffer.from(ID, 'latin1'), board: 0 }
  renew(game)
  Object.assign(first, { other: player, seat: 0, game })
  Object.assign(player, { other: first, seat: 1, game })
  sendState(first)
  sendState(player)
}

/** The real server tells the audience of each new game once a second; a socket still watches its last four. */
setInterval(() => {
  for (const player of players) {
    const frames = Math.min(player.untold, GAMES_WATCHED)
    if (frames === 0) continue
    player.untold = 0
    watchers.set(player.game.id, GAME_ID_AT)
    player.ws!.cork(() => {
      for (let n = 0; n < frames; n++) player.ws!.send(watchers, true)
    })
  }
}, 1_000)

function answer(frame: Buffer, request: Uint8Array): void {
  for (let at = RID_AT + 1; at < RID_AT + RID_BYTES; at++) frame[at] = request[at]!
}

function renew(game: Game): void {
  game.id.write((opened++).toString(16).padStart(8, '0'), 'latin1')
  game.board = 0
}

function sendState(player: Player): void {
  const state = states[player.seat]
  player.untold += 1
  state.set(player.game.id, GAME_ID_AT)
  player.ws!.send(state, true)
}

function stateFor(you: 0 | 1): Buffer {
  const view = { id: USER_ID, name: NAME, rating: null, connected: true }
  return frame([
    67,
    ID,
    1,
    {
      mode: 'casual',
      players: [view, view],
      moves: [],
      turn: 0,
      status: 'active',
      reason: null,
      winner: null,
      line: null,
      deadline: AT_MS,
      createdAt: AT_MS,
      you,
    },
  ])
}

function upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
  const player: Player = {
    ws: null,
    other: null,
    seat: 0,
    offers: false,
    game: { id: Buffer.alloc(0), board: 0 },
    untold: 0,
  }
  const key = req.getHeader('sec-websocket-key')
  const extensions = req.getHeader('sec-websocket-extensions')
  res.upgrade(player, key, 'oxo.v1', extensions, context)
}

App()
  .ws<Player>('/v1/play', {
    compression: 0,
    maxPayloadLength: 1_024,
    idleTimeout: 60,
    sendPingsAutomatically: true,
    upgrade,
    open(ws) {
      ws.getUserData().ws = ws
      players.add(ws.getUserData())
      ws.send(welcome, true)
    },
    message: onMessage,
    close(ws) {
      const player = ws.getUserData()
      player.ws = null
      players.delete(player)
      if (waiting === player) waiting = null
    },
  })
  .listen('127.0.0.1', 0, (listening: us_listen_socket | false) => {
    if (listening === false) throw new Error('the floor cannot listen')
    process.stdout.write(`${JSON.stringify({ event: 'server_ready', port: us_socket_local_port(listening) })}\n`)
  })
