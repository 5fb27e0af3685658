import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import { refusal } from '../../protocol/errors.ts'
import { shardOf } from '../../protocol/ids.ts'
import { unavailable } from '../room/events.ts'
import type { Reply, RoomAnswer, RoomRequest } from '../room/requests.ts'
import type { Routes } from './routes.ts'
import type { BusMessage, RemoteAnswer } from './wire.ts'

/** A request without an answer for so long is UNAVAILABLE, in ms. */
const PATIENCE_MS = 5_000
/** A request is sent again when nothing came back for so long, in ms: the bus is lossy, and repeating is safe. */
const REPEAT_AFTER_MS = 1_000
const SWEEP_MS = 250
/** Requests that wait at once; more are UNAVAILABLE. */
const PENDING_MAX = 50_000
/** No server has the game's shard. */
export const NOT_FOUND: RoomAnswer = { type: 'refused', refusal: refusal('NOT_FOUND', 'no such game') }

interface Pending {
  readonly request: RoomRequest
  readonly shard: number
  readonly reply: Reply
  readonly sinceMs: number
  sentMs: number
  /** The registry knows no server of the shard, and who had it last denies it. */
  nowhere: boolean
}

export interface RemoteOwnersOptions {
  readonly clock: Clock
  readonly node: NodeName
  readonly routes: Routes
  readonly send: (to: NodeName, message: BusMessage) => void
  /** Nobody knows the shard's server: look it up. Null: the registry does not know it either. */
  readonly lookUp: (shard: number) => Promise<Route | null>
  /** The shard is ours since the request was sent: ask here. */
  readonly askHere: (request: RoomRequest, reply: Reply) => void
}

/** Requests about games that other servers own. The gateway owns a request until it is answered, whoever dies meanwhile. */
export function createRemoteOwners(options: RemoteOwnersOptions) {
  const { clock, routes, node } = options
  const pending = new Map<number, Pending>()
  let lastId = 0
  let cancel: CancelTimer = () => {}

  function ask(request: RoomRequest, reply: Reply): void {
    const shard = shardOf(request.gameId)
    if (shard === null || pending.size >= PENDING_MAX) return reply(unavailable())
    const nowMs = clock.monotonic()
    lastId = (lastId + 1) % 0x1_0000_0000
    pending.set(lastId, { request, shard, reply, sinceMs: nowMs, sentMs: nowMs, nowhere: false })
    transmit(lastId, pending.get(lastId)!)
  }

  function transmit(id: number, entry: Pending): void {
    const route = routes.get(entry.shard)
    entry.sentMs = clock.monotonic()
    if (route === null) return look(entry)
    entry.nowhere = false
    if (route.node !== node) return options.send(route.node, { type: 'ask', from: node, id, request: entry.request })
    pending.delete(id)
    options.askHere(entry.request, entry.reply)
  }

  function look(entry: Pending): void {
    options.lookUp(entry.shard).then(
      (route) => {
        entry.nowhere = route === null
      },
      () => {},
    )
  }

  /** Whoever has a shard says so again and again: one that was nowhere until now has been deleted. */
  function giveUp({ shard, reply, nowhere }: Pending): void {
    if (!nowhere) return reply(unavailable())
    routes.forget(shard)
    reply(NOT_FOUND)
  }

  function answered(id: number, answer: RemoteAnswer): void {
    const entry = pending.get(id)
    if (entry === undefined) return
    if (answer.type === 'moved_to') {
      if (answer.route !== null && routes.learn(answer.route)) return
      return look(entry)
    }
    pending.delete(id)
    entry.reply(answer)
  }

  /** The shard has a new owner: everything open is asked again, but what was said is not said twice. */
  function moved(shard: number): void {
    for (const [id, entry] of pending) if (entry.shard === shard && entry.request.type !== 'say') transmit(id, entry)
  }

  function sweep(): void {
    const nowMs = clock.monotonic()
    for (const [id, entry] of pending) {
      if (nowMs - entry.sinceMs >= PATIENCE_MS) {
        pending.delete(id)
        giveUp(entry)
      } else if (entry.request.type !== 'say' && nowMs - entry.sentMs >= REPEAT_AFTER_MS) transmit(id, entry)
    }
  }

  return {
    ask,
    answered,
    moved,
    pending: () => pending.size,
    start: () => {
      cancel = every(clock, SWEEP_MS, sweep)
    },
    stop: () => cancel(),
  }
}
export type RemoteOwners = ReturnType<typeof createRemoteOwners>
