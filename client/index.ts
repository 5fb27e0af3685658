/** The Oxo client for browsers and Node: see README.md for a whole game in 20 lines. */
export type { ErrorCode } from '../protocol/errors.ts'
export type { GameId, InviteCode, UserId } from '../protocol/ids.ts'
export type {
  BotLevel,
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
} from '../protocol/messages.ts'
export { boardCode, type Cells, cellsOf } from './board.ts'
export type { CookieSession, HeldCookie } from './cookie-tokens.ts'
export { connect, createOxo } from './create-oxo.ts'
export { OxoError, type OxoErrorCode } from './errors.ts'
export type { Unsubscribe } from './events.ts'
export type { GameState } from './game-state.ts'
export type { GameStore } from './games.ts'
export type { ConnectionStatus } from './link.ts'
export type { OxoOptions } from './options.ts'
export type { Oxo, OxoEvents, Welcome } from './oxo.ts'
export { type StorageLike, storageTokens, type TokenStore, type Tokens } from './tokens.ts'
export type { WebSocketConstructor, WebSocketLike } from './web-socket.ts'
