import { type Clock, delay } from '../../kit/clock.ts'
import { inParallel } from '../../kit/in-parallel.ts'
import type { Log } from '../../kit/log.ts'
import type { Route } from '../../ports/node-registry.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { Fanout } from '../gateway/fanout.ts'
import { LedgerUnknown, type ShardId, type ShardImage, type ShardLedger } from '../shard/ledger.ts'
import type { Shards } from '../shard/shards.ts'
import type { Forgetting } from './forgetting.ts'
import { type HostedRoom, notePresence, snapshotOf } from './hosted.ts'
import type { Owner } from './owner.ts'
import { hostRecord } from './storage.ts'

/** Between two tries to load a shard that was taken, in ms. */
const LOAD_RETRY_MS = 50
/** Players of games that ended longer ago, in ms, were released by an owner before: many times what a takeover takes, and two in a row. */
const RELEASE_MS = 60_000
/** Players released at once. */
const PARALLEL = 16

export interface AdoptionOptions {
  readonly clock: Clock
  readonly log: Log
  readonly ledger: ShardLedger
  readonly shards: Shards
  readonly owner: Owner
  readonly fanout: Fanout
  readonly forgetting: Forgetting
  /** Frees the players of a finished game, should its last owner have died before. */
  readonly released: (room: HostedRoom) => Promise<void>
  readonly announce: (routes: readonly Route[]) => Promise<void>
}

/** Brings a taken shard to life: its rooms' players get time back, players of finished games are released, routes go out. */
export function createAdoption(options: AdoptionOptions) {
  const { clock, log, ledger, shards, owner, fanout, forgetting } = options
  let releasing: Promise<void> = Promise.resolve()
  const audience = (gameId: GameId) => (fanout.watchOf(gameId) ? [fanout.subscriber] : [])

  async function takeIn(shard: ShardId): Promise<void> {
    const image = await loadTaken(shard)
    const gate = shards.gate(shard)
    if (image === null || gate === undefined) return
    for (const [gameId, record] of image.rooms) {
      const hosted = hostRecord(clock, gate, gameId, record, audience(gameId))
      if (hosted === null) log.error('record_unreadable', { gameId })
      else {
        noteLocal(hosted)
        owner.adopt(hosted)
        showAnew(hosted)
      }
    }
    // Said again with the next heartbeat, should it fail.
    const routes = shards.routes().filter((route) => route.shard === shard)
    options.announce(routes).catch((error: unknown) => log.warn('route_not_published', { shard, error }))
    // Its last owner may have died between an end and telling it, or its players: those that ended lately are looked at.
    const { done, doneAgeMs } = image
    forgetting.addStored(gate, done, doneAgeMs ?? 0)
    const recent = doneAgeMs !== null && doneAgeMs < RELEASE_MS
    const ended: HostedRoom[] = []
    for (const [gameId, record] of done) {
      const shown = fanout.watchOf(gameId)?.over === false
      if (!shown && !recent) continue
      const hosted = hostRecord(clock, gate, gameId, record, audience(gameId))
      if (hosted === null) continue
      if (shown) showAnew(hosted)
      if (recent && (hosted.room.endedAtMs ?? 0) > clock.now() - RELEASE_MS) ended.push(hosted)
    }
    // One shard after the other: bringing the next one in comes first.
    releasing = releasing.then(() => inParallel(ended, PARALLEL, release))
  }

  const release = (hosted: HostedRoom): Promise<void> =>
    options.released(hosted).catch((error: unknown) => log.warn('game_end_failed', { gameId: hosted.gameId, error }))

  /** Other servers tell which players have a socket there; here nobody else does. */
  function noteLocal(hosted: HostedRoom): void {
    const here = fanout.watchOf(hosted.gameId)?.connections ?? []
    for (const seat of [0, 1] as const) {
      const { id } = hosted.room.players[seat]
      if (here.some(({ userId }) => userId === id)) notePresence(hosted, seat, fanout.subscriber.node, true)
    }
  }

  /** Its last owner may have died between a commit and telling it; sockets elsewhere ask anew by themselves. */
  function showAnew(hosted: HostedRoom): void {
    const snapshot = snapshotOf(hosted)
    hosted.gate.after(hosted, (outcome) => {
      if (outcome === 'committed') fanout.catchUp(snapshot)
    })
  }

  /** As long as the shard is ours its rooms are needed, however often the store does not answer. Null: it is not. */
  async function loadTaken(shard: ShardId): Promise<ShardImage | null> {
    while (shards.gate(shard) !== undefined) {
      try {
        return await ledger.load(shard)
      } catch (error) {
        if (!(error instanceof LedgerUnknown)) throw error
        await delay(clock, LOAD_RETRY_MS)
      }
    }
    return null
  }

  return { takeIn }
}
