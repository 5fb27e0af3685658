import type { Player } from '../../game/room.ts'
import { type GameId, shardOf } from '../../protocol/ids.ts'
import type { Fanout } from '../gateway/fanout.ts'
import { showOpening } from '../gateway/gateway.ts'
import type { Players } from '../gateway/players.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { Owner } from '../room/owner.ts'
import type { ShardId } from '../shard/ledger.ts'
import type { Shards } from '../shard/shards.ts'
import type { CreationOptions } from './creation.ts'

export interface RoomOpenerOptions {
  readonly node: string
  readonly shards: Shards
  readonly owner: Owner
  readonly players: Players
  readonly fanout: Fanout
  /** Other servers may have sockets of its players. */
  readonly announce: (snapshot: Snapshot) => void
}

/** Opens rooms in a shard of this server and shows them, once durable, to every socket of their players. */
export function roomOpener({
  node,
  shards,
  owner,
  players,
  fanout,
  announce,
}: RoomOpenerOptions): CreationOptions['openRoom'] {
  const hereOnly: readonly string[] = [node]
  const isHere = ({ id }: Player): boolean => players.get(id) !== undefined
  const isElsewhere = (player: Player): boolean => player.botLevel === undefined && !isHere(player)

  return (gameId: GameId, opening, match) =>
    new Promise((resolve) => {
      const gate = shards.gate(shardOf(gameId) as ShardId)
      if (gate === undefined) return resolve({ type: 'not_owner' })
      const [x, o] = opening.players
      const elsewhere = isElsewhere(x) || isElsewhere(o)
      const hosted = owner.open(gate, gameId, opening, match, [fanout.subscriber], (answer) => {
        if (answer.type === 'snapshot') {
          showOpening(players, fanout, answer.snapshot)
          if (elsewhere) announce(answer.snapshot)
        }
        resolve(answer)
      })
      if (isHere(x)) hosted.presence[0] = hereOnly
      if (isHere(o)) hosted.presence[1] = hereOnly
    })
}
