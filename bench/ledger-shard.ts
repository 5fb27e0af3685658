import type { Valkey } from '../ports/valkey/connect.ts'
import type { GameId } from '../protocol/ids.ts'
import type { Change, ShardId, ShardLedger } from '../server/shard/ledger.ts'

/** One shard under load. */
export interface LedgerShard {
  /** The next batch; the number of its changes, when it is stored. */
  commitNext(): Promise<number>
}

/** Changes of a game from its creation to its end. */
const CHANGES_A_GAME = 9
/** As a real room's record and result, bytes. */
const RECORD = 'r'.repeat(180)
const RESULT = 's'.repeat(400)

/** Opens `id` and commits batches to it, fenced, numbered and answered. */
export async function openShard(ledger: ShardLedger, id: number, batch: number): Promise<LedgerShard> {
  const shard = id as ShardId
  const nonce = `bench-${id}`
  await ledger.open(shard, { owner: 'bench', nonce, leaseMs: 600_000 })
  const changes = changesOf(id, batch)
  let seq = 0
  return {
    async commitNext() {
      const next = changes()
      const answer = await ledger.commit(shard, { epoch: 1, nonce }, ++seq, next)
      if (answer.type !== 'committed' || answer.refused.length > 0) throw new Error(`commit: ${JSON.stringify(answer)}`)
      return next.length
    },
  }
}

/** The same records with one HSET a batch and nothing else: the least that stores them. */
export function floorShard(valkey: Valkey, id: number, batch: number): LedgerShard {
  const changes = changesOf(id, batch)
  return {
    async commitNext() {
      const next = changes()
      await valkey.hset(`{s:${id}}:floor`, ...next.flatMap(({ gameId, record }) => [gameId, record]))
      return next.length
    },
  }
}

/** Batches of a shard whose games are at all stages of their lives: one in nine changes creates, one in nine finishes. */
function changesOf(id: number, batch: number): () => Change[] {
  const head = id.toString(16).padStart(8, '0')
  let turn = 0
  return () => {
    const changes: Change[] = []
    for (let n = 0; n < batch; n++) {
      const at = turn + n
      const stage = at % CHANGES_A_GAME
      const generation = Math.floor(at / CHANGES_A_GAME)
      const tail = (n * 1_000_003 + generation).toString(16).padStart(12, '0')
      const done = stage === CHANGES_A_GAME - 1
      const gameId = `${head}-0000-8000-8000-${tail}` as GameId
      changes.push({ gameId, record: RECORD, create: stage === 0 || turn === 0, done, result: done ? RESULT : null })
    }
    turn += 1
    return changes
  }
}
