import type { GameId, UserId } from '../../protocol/ids.ts'
import type { Ended } from './ended.ts'
import { type HostedRoom, isConnected, notePresence, type Subscriber, seatOf } from './hosted.ts'

/** Who watches the rooms here, and which players are there: soft state that gateways refresh. */
export function createAudience(rooms: ReadonlyMap<GameId, HostedRoom>, ended: Ended) {
  /** Notes that a player has, or no longer has, a socket on `node`. */
  function presence(node: string, gameId: GameId, userId: UserId, connected: boolean): void {
    const hosted = rooms.get(gameId)
    const seat = hosted === undefined ? null : seatOf(hosted.room, userId)
    if (hosted === undefined || seat === null) return
    const before = isConnected(hosted, seat)
    notePresence(hosted, seat, node, connected)
    if (isConnected(hosted, seat) === before) return
    hosted.gate.after(hosted, (outcome) => {
      if (outcome !== 'committed') return
      for (const subscriber of hosted.subscribers) subscriber.event({ type: 'presence', gameId, seat, connected })
    })
  }

  function unsubscribe(from: Subscriber, gameId: GameId): void {
    const hosted = rooms.get(gameId)
    if (hosted === undefined) return
    hosted.subscribers = hosted.subscribers.filter((subscriber) => subscriber !== from)
    if (hosted.subscribers.length === 0) ended.unwatched(hosted)
  }

  /** A server died: it hears nothing any more, and its players are absent. */
  function forgetNode(node: string, gateway: Subscriber | null): void {
    for (const hosted of rooms.values()) {
      if (gateway !== null) unsubscribe(gateway, hosted.gameId)
      for (const seat of [0, 1] as const) {
        if (hosted.presence[seat].includes(node)) presence(node, hosted.gameId, hosted.room.players[seat].id, false)
      }
    }
  }

  return { presence, unsubscribe, forgetNode }
}
