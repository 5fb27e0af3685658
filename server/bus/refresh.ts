import type { Clock } from '../../kit/clock.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import { type GameId, shardOf, type UserId } from '../../protocol/ids.ts'
import type { Fanout } from '../gateway/fanout.ts'
import type { Owner } from '../room/owner.ts'
import type { Reply, RoomRequest } from '../room/requests.ts'
import type { Routes } from './routes.ts'
import { createVanished } from './vanished.ts'
import type { BusMessage, WatchedGame } from './wire.ts'

/** A refresh names at most so many games in one message. */
const REFRESH_BATCH = 500
/** Nobody in particular: the gateway itself asks. */
export const NOBODY = '' as UserId

export interface RefreshOptions {
  readonly clock: Clock
  readonly node: NodeName
  readonly routes: Routes
  readonly fanout: Fanout
  readonly owner: Owner
  readonly send: (to: NodeName, message: BusMessage) => void
  readonly ask: (request: RoomRequest, reply: Reply) => void
  /** The game's shard is this server's own. */
  readonly isHere: (gameId: string) => boolean
  readonly lookUp: (shard: number) => Promise<Route | null>
  /** Players of the game who have a socket here. */
  readonly presentIn: (gameId: GameId) => readonly UserId[]
  readonly tellPresence: (gameId: GameId) => void
}

/** The gateway's side of remote games: what it shows is compared with what their owners, or the store, have. */
export function createRefresh(options: RefreshOptions) {
  const { node, routes, fanout, send } = options
  const vanished = createVanished(options.clock, fanout.vanished)

  /** Sees a game anew: events may have been missed, it has another owner, or nobody has it. */
  function watchAgain(gameId: GameId): void {
    options.ask({ type: 'watch', gameId, userId: NOBODY }, (answer) => {
      const watch = fanout.watchOf(gameId)
      if (answer.type === 'snapshot') fanout.catchUp(answer.snapshot)
      if (answer.type === 'snapshot' || watch === undefined || !vanished.matters(watch)) vanished.settled(gameId)
      else if (answer.type === 'refused' && answer.refusal.code === 'NOT_FOUND') vanished.missing(gameId)
      else vanished.unknown(gameId)
    })
    options.tellPresence(gameId)
  }

  function look(): void {
    const byNode = new Map<NodeName, WatchedGame[]>()
    vanished.prune((gameId) => fanout.watchOf(gameId) !== undefined)
    for (const gameId of fanout.gameIds()) {
      const watch = fanout.watchOf(gameId)
      const route = routes.get(shardOf(gameId) ?? -1)
      if (watch === undefined) continue
      const matters = vanished.matters(watch)
      if (vanished.isDoubtful(gameId) || (matters && isNowhere(gameId, route))) watchAgain(gameId)
      if (watch.over || options.isHere(gameId)) continue
      if (route === null || route.node === node) {
        void options.lookUp(shardOf(gameId)!)
        continue
      }
      const games = byNode.get(route.node) ?? []
      games.push({ gameId, version: watch.version, present: [...options.presentIn(gameId)] })
      byNode.set(route.node, games)
    }
    for (const [to, games] of byNode) {
      for (let at = 0; at < games.length; at += REFRESH_BATCH) {
        send(to, { type: 'refresh', from: node, games: games.slice(at, at + REFRESH_BATCH) })
      }
    }
  }

  /** Neither in this server's memory nor known to be elsewhere. */
  const isNowhere = (gameId: GameId, route: Route | null): boolean =>
    options.isHere(gameId) ? !options.owner.rooms.has(gameId) : route === null

  return { watchAgain, look }
}
