import { unreachable } from '../../kit/assert.ts'
import type { Claimant, ShardId, TakeAnswer, TakeProof } from './ledger.ts'
import { EPOCHS_AFTER_GRACE, GRACE_MS, storeIsBehind } from './ledger-rules.ts'
import { LiveRecords } from './live-records.ts'
import { findShard, type Head, type MemoryStore } from './memory-store.ts'

/** The only way to own a shard that exists: checks the proof, then a higher epoch, the claimant's nonce and a new lease. */
export function takeShard(
  store: MemoryStore,
  id: ShardId,
  proof: TakeProof,
  claimant: Claimant,
  nowMs: number,
): TakeAnswer {
  const shard = findShard(store, id, nowMs)
  if (!shard) return revive(store, id, proof, claimant, nowMs)
  const { head } = shard
  if (head.deadAtMs !== null) return { type: 'refused' }
  const granted = (epoch: number, floor: number) => grant(store, head, claimant, epoch, floor, nowMs)
  if (head.nonce === claimant.nonce) return granted(head.epoch, head.floor) // the same claim again: its answer was lost
  const above = proof.above ?? 0
  switch (proof.type) {
    case 'transfer': {
      const { epoch, nonce } = proof.fence
      if (epoch !== head.epoch || nonce !== head.nonce) return { type: 'refused' }
      const next = Math.max(epoch, above) + 1
      return granted(next, next)
    }
    case 'reclaim': {
      const { epoch } = proof.fence
      if (!storeIsBehind(head, proof.fence, proof.seq)) return { type: 'refused' }
      return granted(Math.max(head.epoch, epoch, above) + 1, Math.max(epoch, above))
    }
    case 'expired': {
      const wait = waitForOwner(store, head, claimant.leaseMs, nowMs)
      if (wait) return wait
      const epoch = Math.max(head.epoch + (head.graced ? EPOCHS_AFTER_GRACE : 1), above + 1)
      return granted(epoch, epoch)
    }
    default:
      return unreachable(proof)
  }
}

/** No head: the store restarted empty, and only a former owner who saw the run before may put the shard back. */
function revive(store: MemoryStore, id: ShardId, proof: TakeProof, claimant: Claimant, nowMs: number): TakeAnswer {
  if (proof.type !== 'reclaim') return { type: 'missing' }
  if (proof.runId === store.runId) return { type: 'refused' }
  const head: Head = {
    epoch: 0,
    nonce: '',
    owner: '',
    leaseUntilMs: 0,
    seq: 0,
    runId: '',
    floor: 0,
    graced: false,
    refused: [],
    deadAtMs: null,
    endedMs: null,
  }
  store.shards.set(id, { head, rooms: new LiveRecords(), done: new Map(), results: [] })
  const floor = Math.max(proof.fence.epoch, proof.above ?? 0)
  return grant(store, head, claimant, floor + 1, floor, nowMs)
}

function waitForOwner(store: MemoryStore, head: Head, leaseMs: number, nowMs: number): TakeAnswer | null {
  if (head.runId !== store.runId) {
    const forMs = leaseMs + GRACE_MS
    head.runId = store.runId
    head.graced = true
    head.leaseUntilMs = nowMs + forMs
    return { type: 'grace', forMs }
  }
  const longestMs = head.graced ? leaseMs + GRACE_MS : leaseMs
  head.leaseUntilMs = Math.min(head.leaseUntilMs, nowMs + longestMs) // the store's clock went back: no lease outlasts a lease
  const forMs = head.leaseUntilMs - nowMs
  if (forMs <= 0) return null
  return head.graced ? { type: 'grace', forMs } : { type: 'held', owner: head.owner, forMs }
}

function grant(
  store: MemoryStore,
  head: Head,
  claimant: Claimant,
  epoch: number,
  floor: number,
  nowMs: number,
): TakeAnswer {
  head.epoch = epoch
  head.nonce = claimant.nonce
  head.owner = claimant.owner
  head.leaseUntilMs = nowMs + claimant.leaseMs
  head.runId = store.runId
  head.floor = floor
  head.graced = false
  return { type: 'taken', epoch, seq: head.seq, runId: store.runId }
}
