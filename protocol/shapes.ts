import { type ErrorCode, errors } from './errors.ts'
import {
  bool,
  type Field,
  type Fields,
  facts,
  finite,
  integer,
  list,
  naturalNumber,
  nullable,
  optional,
  record,
  safeInteger,
  text,
  tuple,
  uint32,
  word,
} from './fields.ts'
import type { GameId, UserId } from './ids.ts'
import { BOARD_CODES, BOT_LEVELS, CELLS, OPAQUE_BYTES_MAX, PHRASES } from './limits.ts'
import type {
  BotLevel,
  ClientMessage,
  EndReason,
  GameStatus,
  GameView,
  Line,
  Mode,
  PlayerView,
  QueueMode,
  Seat,
  ServerMessage,
  WelcomeInfo,
} from './messages.ts'
import { clientTags, serverTags } from './tags.ts'

/** FIND as it is written: the level of a bot stands in its options. */
export interface FindFrame {
  readonly type: 'find'
  readonly rid: number
  readonly mode: QueueMode | 'bot'
  readonly options?: { readonly level?: BotLevel }
}
export type ClientFrame = Exclude<ClientMessage, { type: 'find' }> | FindFrame

type Shapes<M extends { readonly type: string }> = {
  readonly [T in M['type']]: Fields<Omit<Extract<M, { readonly type: T }>, 'type'>>
}

const opaque = text(1, OPAQUE_BYTES_MAX)
const gameId = text<GameId>(1, OPAQUE_BYTES_MAX)
const userId = text<UserId>(1, OPAQUE_BYTES_MAX)
const seat = integer<Seat>(0, 1)
const cell = integer(0, CELLS - 1)
const phrase = integer(0, PHRASES - 1)
const queueMode = word<QueueMode>('casual', 'ranked')
const line = nullable(tuple<Line>(cell, cell, cell))
const status = word<GameStatus>('active', 'completed', 'forfeited', 'aborted')
const reason = word<EndReason>('line', 'board_full', 'resign', 'timeout', 'lost')
const errorCode = word(...(Object.keys(errors) as ErrorCode[]))
const change = tuple<readonly [number, number]>(safeInteger, safeInteger)
const oneGame = { rid: uint32, gameId: opaque }

const player = record<PlayerView>({ id: userId, name: text(), rating: nullable(safeInteger), connected: bool })

/** `you` is last: frames of one STATE differ by receiver in their last byte only. */
const game = record<GameView>({
  mode: word<Mode>('casual', 'ranked', 'bot', 'private'),
  players: tuple<readonly [PlayerView, PlayerView]>(player, player),
  moves: list(cell),
  turn: nullable(seat),
  status,
  reason: nullable(reason),
  winner: nullable(seat),
  line,
  deadline: nullable(safeInteger),
  createdAt: safeInteger,
  you: nullable(seat),
})

const info = record<WelcomeInfo>({
  name: text(),
  games: list(gameId),
  queue: nullable(queueMode),
  protocol: integer<1>(1, 1),
  server: text(),
  level: word('full', 'limited', 'emergency', 'maintenance'),
  durability: word('process', 'disk', 'replicated', 'sync'),
})

/** Fields after the tag, in wire order. Append only, and what is appended is optional: that is a minor version. */
export const clientShapes: Shapes<ClientFrame> = {
  find: {
    rid: uint32,
    mode: word('casual', 'ranked', 'bot'),
    options: optional(record<{ level?: BotLevel }>({ level: optional(integer<BotLevel>(1, BOT_LEVELS)) })),
  },
  cancel: { rid: uint32 },
  watch: oneGame,
  unwatch: oneGame,
  move: { ...oneGame, ply: uint32, cell },
  resign: oneGame,
  rematch: oneGame,
  invite: { rid: uint32 },
  accept: { rid: uint32, code: opaque },
  ping: { clientTime: safeInteger },
  auth: { rid: uint32, jwt: text() },
  say: { ...oneGame, phrase },
}

/** As `clientShapes`, for the other direction. */
export const serverShapes: Shapes<ServerMessage> = {
  welcome: { userId, serverTime: safeInteger, info },
  ok: { rid: uint32, value: optional(text()) },
  error: { rid: nullable(uint32), code: errorCode, message: text(), details: optional(facts) },
  state: { gameId, version: naturalNumber, game },
  moved: {
    gameId,
    version: naturalNumber,
    ply: naturalNumber,
    cell,
    board: integer(0, BOARD_CODES - 1),
    deadline: nullable(safeInteger),
  },
  ended: { gameId, version: naturalNumber, status, reason, winner: nullable(seat), line },
  presence: { gameId, seat, connected: bool },
  queue: {
    mode: queueMode,
    waitedMs: naturalNumber,
    width: nullable(finite),
    online: naturalNumber,
    botOffered: bool,
  },
  goodbye: { reason: word('draining', 'cut_off', 'maintenance'), retryAfterMs: naturalNumber },
  offer: { gameId, seat },
  pong: { clientTime: safeInteger, serverTime: safeInteger },
  said: { gameId, seat: nullable(seat), phrase },
  rated: { gameId, ratings: tuple<readonly [readonly [number, number], readonly [number, number]]>(change, change) },
  watchers: { gameId, count: naturalNumber },
  undone: { gameId, version: naturalNumber },
}

/** One message's layout, ready to be walked. */
export interface Layout {
  readonly type: string
  readonly tag: number
  readonly fields: readonly (readonly [name: string, field: Field<unknown>])[]
}

export const clientLayouts: readonly Layout[] = layouts(clientTags, clientShapes)
export const serverLayouts: readonly Layout[] = layouts(serverTags, serverShapes)

/** The whole wire, one line a message: two builds with equal texts understand each other completely. */
export const wireShapes = (): string =>
  [...clientLayouts, ...serverLayouts]
    .map(({ tag, type, fields }) => {
      const parts = fields.map(([name, field]) => `${name}: ${field.shape}`)
      return [`${tag} ${type.toUpperCase()}`, ...parts].join('; ')
    })
    .join('\n')

function layouts(tags: Record<string, number>, shapes: Record<string, object>): Layout[] {
  return Object.entries(tags).map(([type, tag]) => ({
    type,
    tag,
    fields: Object.entries(shapes[type]!) as [string, Field<unknown>][],
  }))
}
