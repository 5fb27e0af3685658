import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { VerifyToken } from '../../ports/auth/identity.ts'
import { CloseCode } from '../../protocol/errors.ts'
import { IDLE_TIMEOUT_MS, PING_INTERVAL_MS, PONG_TIMEOUT_MS } from '../../protocol/limits.ts'
import type { Connection, Outbox } from './connection.ts'
import type { Players } from './players.ts'

const SWEEP_MS = 1_000

/** Pings sockets; closes silent ones, idle ones and those whose token or session has ended. */
export function startHeartbeat(
  clock: Clock,
  players: Players,
  outbox: Outbox,
  { isEnded }: Pick<VerifyToken, 'isEnded'>,
): CancelTimer {
  function check(connection: Connection, playing: boolean, nowMs: number, wallMs: number): void {
    if (wallMs >= connection.identity.expiresAtMs)
      return outbox.end(connection, CloseCode.tokenExpired, 'access token expired')
    if (isEnded?.(connection.identity)) return outbox.end(connection, CloseCode.tokenExpired, 'session ended')
    if (nowMs - connection.lastPongMs >= PONG_TIMEOUT_MS) return outbox.end(connection, CloseCode.idle, 'no pong')
    if (!playing && nowMs - connection.lastFrameMs >= IDLE_TIMEOUT_MS)
      return outbox.end(connection, CloseCode.idle, 'idle')
    if (nowMs - connection.lastPingMs < PING_INTERVAL_MS) return
    connection.lastPingMs = nowMs
    connection.socket.ping()
  }

  return every(clock, SWEEP_MS, () => {
    const nowMs = clock.monotonic()
    const wallMs = clock.now()
    for (const player of players.all()) {
      for (const connection of [...player.connections]) check(connection, player.playing !== null, nowMs, wallMs)
    }
  })
}
