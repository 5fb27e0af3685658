import { type Clock, delay } from '../../kit/clock.ts'
import { below, type Random } from '../../kit/random.ts'
import type { Gate } from './gate.ts'
import { LEASE_MS } from './lease.ts'
import type { Claimant, ShardId, ShardLedger } from './ledger.ts'
import { EPOCHS_AFTER_GRACE, GRACE_MS } from './ledger-rules.ts'

/** Whose lease ran out before the store failed over waits so long for a newer owner to come forward, in ms. */
export const LAPSED_WAIT_MS = LEASE_MS + GRACE_MS
/** Between two tries, at most, in ms. */
const RETRY_MS = 100

export interface LapseOptions {
  readonly clock: Clock
  readonly random: Random
  readonly ledger: ShardLedger
  readonly owner: string
  /** No failover loses a claim that was answered: then nobody has to be waited for, unless the store has lost even that. */
  readonly claimsSurvive: boolean
  /** The highest epoch of the shard that this server has heard of; 0: none. */
  readonly heardOf: (shard: ShardId) => number
  readonly claim: () => Claimant
}

/**
 * While the lease was over, somebody else may have taken the shard. A store that went back behind that does not know: so whoever lives and
 * holds the newer lease comes first. Whoever of them comes forward even later must not look newer than the one who waited.
 */
export function createAfterLapse({ clock, random, ledger, owner, claimsSurvive, heardOf, claim }: LapseOptions) {
  /** Above every claim that a store which failed over may have forgotten. */
  const aboveForgotten = ({ shard, fence }: Gate): number => Math.max(fence.epoch + EPOCHS_AFTER_GRACE, heardOf(shard))

  /**
   * The epoch that a reclaim must be above; null: the shard is somebody else's. `runId`: of the store that granted the lease. `wanted`: the
   * shard has not been given up meanwhile.
   */
  async function afterLapse(gate: Gate, runId: string, wanted: () => boolean): Promise<number | null> {
    const renewal = { shard: gate.shard, fence: gate.fence, seq: gate.seq() }
    while (wanted()) {
      const [answer] = await ledger.renew([renewal], LEASE_MS).catch(() => [])
      if (answer?.type === 'fenced') return null
      if (answer !== undefined && answer.type !== 'unknown') {
        if (answer.runId === runId || (claimsSurvive && answer.type === 'renewed')) return 0
        await delay(clock, LAPSED_WAIT_MS + below(random, RETRY_MS))
        return afterWait(gate)
      }
      await delay(clock, 1 + below(random, RETRY_MS))
    }
    return null
  }

  /** Null: somebody came forward, or held the shard since the store went back and is gone again: what the store has is newer than this memory. */
  async function afterWait(gate: Gate): Promise<number | null> {
    const { shard } = gate
    const claimant = claim()
    for (;;) {
      const answer = await ledger.take(shard, { type: 'expired' }, claimant).catch(() => null)
      switch (answer?.type) {
        case 'missing':
        case 'grace':
          return aboveForgotten(gate)
        case 'held':
          return answer.owner === owner ? aboveForgotten(gate) : null
        case 'refused':
          return null
        case 'taken':
          await ledger.release(shard, { epoch: answer.epoch, nonce: claimant.nonce }).catch(() => {})
          return null
      }
      await delay(clock, 1 + below(random, RETRY_MS))
    }
  }

  return { afterLapse, aboveForgotten }
}
