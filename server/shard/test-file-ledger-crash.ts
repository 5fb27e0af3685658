/*
 * The process that file-ledger.test.ts kills: commits to one shard for ever and prints each seq once it was answered.
 * Argument: the data folder.
 */
import { systemClock } from '../../kit/clock.ts'
import { fileLedger } from './file-ledger.ts'
import type { ShardId } from './ledger.ts'
import { gameOf } from './test-ledger-calls.ts'

const shard = 1 as ShardId
const ledger = await fileLedger(systemClock, process.argv[2]!)
const claimant = { owner: 'a.1', nonce: `${process.pid}`, leaseMs: 1_000 }
const known = ledger.shards.includes(shard)
const answer = known ? await ledger.take(shard, { type: 'expired' }, claimant) : await ledger.open(shard, claimant)
if (answer.type !== 'taken' && answer.type !== 'opened') throw new Error(answer.type)
const fence = { epoch: answer.epoch, nonce: claimant.nonce }
const { seq: last } = await ledger.load(shard)
for (let seq = last + 1; ; seq++) {
  const gameId = gameOf(shard, seq)
  const change = {
    gameId,
    record: `record ${seq}`,
    create: true,
    done: seq % 3 === 0,
    result: seq % 3 === 0 ? `result ${seq}` : null,
  }
  await ledger.commit(shard, fence, seq, [change])
  process.stdout.write(`${seq}\n`)
}
