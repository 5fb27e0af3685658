import type { VirtualClock } from '../kit/virtual-clock.ts'
import { decodeRecord, recordHead, resultOf } from '../ports/room-record.ts'
import { shardOf } from '../server/shard/ledger-rules.ts'
import type { Databases } from './databases.ts'
import { type Node, TURN_MS } from './node.ts'
import type { Player } from './player.ts'
import type { SimStore } from './store.ts'
import type { Truth } from './truth.ts'

export interface EndOptions {
  readonly clock: VirtualClock
  readonly truth: Truth
  readonly store: SimStore
  readonly databases: Databases
  readonly players: readonly Player[]
  readonly nodes: readonly Node[]
  readonly violation: (promise: string, text: string) => void
  readonly storeLost: boolean
}

/** A request asked later than so long ago, in ms, may still be on its way. */
const ANSWERED_WITHIN_MS = 1_000

/** The last judgement: the faults are long over, so everything must be in order. */
export function checkEnd(options: EndOptions): void {
  checkGames(options)
  checkServers(options)
  for (const player of options.players) {
    if (!player.connected()) options.violation('P6', `${player.userId} could not come back`)
    if (player.pending(ANSWERED_WITHIN_MS) > 0) options.violation('P8', `${player.userId} waits for an answer`)
  }
}

/** Every game has ended, is in the store as it was committed, and has one result. */
function checkGames({ clock, truth, store, databases, violation }: EndOptions): void {
  for (const game of truth.games.values()) {
    const { gameId, course } = game
    const record = store.recordOf(gameId)
    if (record === null || record === '') {
      if (game.risk === null) violation('P1', `${gameId} is not in the store any more`)
      continue
    }
    if (game.risk !== null) continue
    if (course.status === 'active') {
      // Begun late, by two who found each other at last: it is still being played.
      if (clock.monotonic() - game.movedAtMs < TURN_MS) continue
      violation('P6', `${gameId} of ${game.players.join(' and ')} never ended: v${course.version} "${course.moves}"`)
      continue
    }
    const results = databases.resultsOf(gameId, shardOf(gameId))
    const stored = decodeRecord(record)
    const expected = stored.ok
      ? resultOf({ head: recordHead(stored.value.room, stored.value.match), room: stored.value.room })
      : ''
    if (results.length === 0) violation('P7', `${gameId} has no result`)
    // One course may have been delivered before the store lost it together with its owner.
    if (game.lost.length > 0) continue
    for (const result of results) {
      if (result !== expected) violation('P7', `${gameId}: result ${result}, record ${expected}`)
    }
  }
}

function checkServers({ nodes, violation, store }: EndOptions): void {
  const owners = new Map<number, string>()
  for (const { process, server, hub } of nodes) {
    const { shards, mesh, fanout, owner } = server.parts
    if (shards.waiting() > 0) violation('P6', `${process.name} holds ${shards.waiting()} outputs back`)
    if (mesh.pending() > 0) violation('P6', `${process.name} waits for ${mesh.pending()} remote answers`)
    if (fanout.size() > 0 && hub.sockets() === 0) violation('P6', `${process.name} watches games for nobody`)
    for (const gate of shards.all()) owners.set(gate.shard, process.name)
    for (const hosted of owner.rooms.values()) {
      for (const { node } of hosted.subscribers) {
        if (!nodes.some((one) => one.server.node === node)) {
          violation('P6', `${process.name} still tells ${node}, which is dead, of ${hosted.gameId}`)
        }
      }
    }
  }
  for (const [shard, { rooms }] of store.memory.shards) {
    if (rooms.size > 0 && !owners.has(shard)) violation('P6', `nobody owns shard ${shard}, with ${rooms.size} games`)
  }
}
