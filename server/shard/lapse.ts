import { type Clock, delay } from '../../kit/clock.ts'
import { below, type Random } from '../../kit/random.ts'
import type { Gate } from './gate.ts'
import { LEASE_MS } from './lease.ts'
import type { Claimant, Fence, ShardLedger } from './ledger.ts'
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
  /** A claim that was answered is never lost by a failover: then nobody has to be waited for. */
  readonly claimsSurvive: boolean
  readonly claim: () => Claimant
}

/**
 * While the lease was over, somebody else may have taken the shard. A store that went back behind that does not know: so whoever lives and
 * holds the newer lease comes first. The fence to prove then; null: the shard is somebody else's.
 */
export function createAfterLapse({ clock, random, ledger, owner, claimsSurvive, claim }: LapseOptions) {
  /** `runId`: of the store that granted the lease. `wanted`: the shard has not been given up meanwhile. */
  return async (gate: Gate, runId: string, wanted: () => boolean): Promise<Fence | null> => {
    const renewal = { shard: gate.shard, fence: gate.fence, seq: gate.seq() }
    while (wanted()) {
      const [answer] = await ledger.renew([renewal], LEASE_MS).catch(() => [])
      if (answer?.type === 'fenced') return null
      if (answer !== undefined && answer.type !== 'unknown') {
        if (answer.runId === runId || claimsSurvive) return gate.fence
        await delay(clock, LAPSED_WAIT_MS + below(random, RETRY_MS))
        return afterWait(gate)
      }
      await delay(clock, 1 + below(random, RETRY_MS))
    }
    return null
  }

  /**
   * Null: somebody came forward, or held the shard since the store went back and is gone again: what the store has is newer than this
   * memory. Whoever comes forward even later must not look newer than this claim.
   */
  async function afterWait({ shard, fence }: Gate): Promise<Fence | null> {
    const claimant = claim()
    for (;;) {
      const answer = await ledger.take(shard, { type: 'expired' }, claimant).catch(() => null)
      switch (answer?.type) {
        case 'missing':
          return { ...fence, epoch: fence.epoch + EPOCHS_AFTER_GRACE }
        case 'grace':
          return fence
        case 'held':
          return answer.owner === owner ? fence : null
        case 'refused':
          return null
        case 'taken':
          await ledger.release(shard, { epoch: answer.epoch, nonce: claimant.nonce }).catch(() => {})
          return null
      }
      await delay(clock, 1 + below(random, RETRY_MS))
    }
  }
}
