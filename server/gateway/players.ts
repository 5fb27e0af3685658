import type { Ticket } from '../../ports/ticket-queue.ts'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import type { Connection } from './connection.ts'

/** A player with at least one socket on this server. */
export interface LocalPlayer {
  readonly userId: UserId
  /** Oldest first. */
  readonly connections: Connection[]
  playing: GameId | null
  /** The ticket that the player waits with. */
  queue: Ticket | null
  /** A FIND may have made a ticket or not: to be looked up. */
  queueDoubtful: boolean
  /** The player's open invite, if a socket here asked for it. */
  invite: { readonly code: InviteCode; readonly name: string } | null
  /** When QUEUE was last told, monotonic ms. */
  queueToldMs: number
  /** When the place in the queue was last looked up, monotonic ms. */
  queueCheckedMs: number
  /** Finished games that WELCOME named and no socket has watched yet. */
  readonly unseen: Set<GameId>
}

export function createPlayers() {
  const players = new Map<UserId, LocalPlayer>()

  /** True: the player's first socket here. */
  function add(connection: Connection): boolean {
    const player = players.get(connection.userId)
    if (player) {
      player.connections.push(connection)
      return false
    }
    const fresh: LocalPlayer = {
      userId: connection.userId,
      connections: [connection],
      playing: null,
      queue: null,
      queueDoubtful: false,
      invite: null,
      queueToldMs: Number.NEGATIVE_INFINITY,
      queueCheckedMs: 0,
      unseen: new Set(),
    }
    players.set(connection.userId, fresh)
    return true
  }

  /** The player, if that was the last socket here. */
  function remove(connection: Connection): LocalPlayer | null {
    const player = players.get(connection.userId)
    if (player === undefined) return null
    const at = player.connections.indexOf(connection)
    if (at >= 0) player.connections.splice(at, 1)
    if (player.connections.length > 0) return null
    players.delete(connection.userId)
    return player
  }

  /** They may begin another one. */
  function gameEnded({
    gameId,
    players: both,
  }: {
    readonly gameId: GameId
    readonly players: readonly UserId[]
  }): void {
    for (const userId of both) {
      const player = players.get(userId)
      if (player?.playing === gameId) player.playing = null
    }
  }

  return {
    add,
    remove,
    gameEnded,
    get: (userId: UserId): LocalPlayer | undefined => players.get(userId),
    all: () => players.values(),
    count: () => players.size,
  }
}
export type Players = ReturnType<typeof createPlayers>
