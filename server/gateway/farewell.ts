import type { CancelTimer, Clock } from '../../kit/clock.ts'
import { encodeServer } from '../../protocol/codec.ts'
import { CloseCode } from '../../protocol/errors.ts'
import type { GoodbyeReason } from '../../protocol/messages.ts'
import type { Connection, Outbox } from './connection.ts'
import type { LocalPlayer, Players } from './players.ts'

/** Time to read a GOODBYE before the socket closes, in ms. */
const CLOSE_AFTER_MS = 500

/** Sends sockets of a server that goes on away, some at a time. */
export function createFarewell(clock: Clock, players: Players, outbox: Outbox) {
  const told = new Set<Connection>()
  const closing = new Set<CancelTimer>()

  /** GOODBYE to at most `limit` of those that `leaves` names; how many heard it. */
  function say(
    reason: GoodbyeReason,
    limit: number,
    retryAfterMs: () => number,
    leaves: (player: LocalPlayer, connection: Connection) => boolean,
  ): number {
    const leaving: Connection[] = []
    for (const player of players.all()) {
      for (const connection of player.connections) {
        if (leaving.length < limit && !told.has(connection) && leaves(player, connection)) leaving.push(connection)
      }
    }
    if (leaving.length === 0) return 0
    for (const connection of leaving) {
      told.add(connection)
      outbox.send(connection, encodeServer({ type: 'goodbye', reason, retryAfterMs: retryAfterMs() }))
    }
    const cancel = clock.after(CLOSE_AFTER_MS, () => {
      closing.delete(cancel)
      for (const connection of leaving) {
        told.delete(connection)
        outbox.end(connection, CloseCode.goingAway, reason)
      }
    })
    closing.add(cancel)
    return leaving.length
  }

  return {
    say,
    /** The server itself ends: it says its own goodbye. */
    stop: (): void => {
      for (const cancel of closing) cancel()
    },
  }
}
export type Farewell = ReturnType<typeof createFarewell>
