import { type Clock, delay } from '../../kit/clock.ts'
import { below, type Random } from '../../kit/random.ts'
import { encodeServer } from '../../protocol/codec.ts'
import { CloseCode } from '../../protocol/errors.ts'
import type { GoodbyeReason } from '../../protocol/messages.ts'
import type { Outbox } from './connection.ts'
import type { Players } from './players.ts'

/** Between two batches of GOODBYE, in ms, and sockets in one. */
const BATCH_EVERY_MS = 20
const BATCH = 50
/** The longest delay that a GOODBYE asks for, in ms: a drained server's players come back spread out. */
const SPREAD_MS = 2_000
/** Time to read the last GOODBYE before the sockets close, in ms. */
const CLOSE_AFTER_MS = 500

/** Tells every socket to come back elsewhere, in batches with spread delays, and closes it. */
export async function sayGoodbye(
  clock: Clock,
  random: Random,
  players: Players,
  outbox: Outbox,
  reason: GoodbyeReason,
): Promise<void> {
  const all = [...players.all()].flatMap((player) => player.connections)
  for (let at = 0; at < all.length; at += BATCH) {
    for (const connection of all.slice(at, at + BATCH)) {
      outbox.send(connection, encodeServer({ type: 'goodbye', reason, retryAfterMs: below(random, SPREAD_MS) }))
    }
    outbox.flush()
    await delay(clock, BATCH_EVERY_MS)
  }
  await delay(clock, CLOSE_AFTER_MS)
  for (const connection of all) outbox.end(connection, CloseCode.goingAway, reason)
}
