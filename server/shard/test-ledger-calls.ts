import { below, fraction, pick, type Random } from '../../kit/random.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { LedgerBench } from './ledger.contract.ts'
import type { Change, Claimant, Fence, ShardId, TakeProof } from './ledger.ts'

/** One random call of a differential test: what it is, for the trace, and how to make it on a ledger. */
export interface LedgerCall {
  readonly text: string
  /** Nonce of an `open` or `take`. */
  readonly nonce?: string
  /** Of a `commit`. */
  readonly seq?: number
  run(bench: LedgerBench, marks: Marks): Promise<unknown>
}

/** What a bench remembers between calls: the state to which a failover goes back. */
export interface Marks {
  goBack: (() => Promise<void>) | null
}

/** What the callers learnt from answers so far: most calls use it. */
export interface Seen {
  fence: Fence
  seq: number
}

const NONCES = ['n0', 'n1', 'n2', 'n3'] as const
const OWNERS = ['a.1', 'b.1'] as const
const RECORDS = ['r0', 'r1', 'ü "1"', 'r2'] as const
/** Over at once, or not in this test: the answers must not depend on how fast it runs. */
const LEASES_MS = [0, 600_000] as const
const GAMES = 5

/** Calls on one shard by few owners with few nonces, so that they often meet: right fences, stale ones and wrong ones. */
export function randomCall(random: Random, shard: ShardId, runId: string, seen: Seen): LedgerCall {
  const call = (text: string, run: LedgerCall['run'], more: { nonce?: string; seq?: number } = {}): LedgerCall => ({
    text,
    run,
    ...more,
  })
  const json = (...parts: unknown[]) => parts.map((part) => JSON.stringify(part)).join(' ')
  const claimant = (): Claimant => ({
    owner: pick(random, OWNERS),
    nonce: pick(random, NONCES),
    leaseMs: pick(random, LEASES_MS),
  })
  const fence = (): Fence =>
    fraction(random) < 0.8 ? seen.fence : { epoch: 1 + below(random, 3), nonce: pick(random, NONCES) }
  const game = () => gameOf(shard, below(random, GAMES))
  const seq = () => (fraction(random) < 0.6 ? seen.seq + 1 : below(random, seen.seq + 3))
  switch (below(random, 22)) {
    case 0:
    case 1: {
      const who = claimant()
      return call(json('open', who), ({ ledger }) => ledger.open(shard, who), who)
    }
    case 2:
    case 3:
    case 4: {
      const [proof, who] = [randomProof(random, fence(), seq(), runId), claimant()]
      return call(json('take', proof, who), ({ ledger }) => ledger.take(shard, proof, who), who)
    }
    case 5: {
      const [renewals, leaseMs] = [[{ shard, fence: fence(), seq: seq() }], pick(random, LEASES_MS)]
      return call(json('renew', renewals, leaseMs), ({ ledger }) => ledger.renew(renewals, leaseMs))
    }
    case 6: {
      const by = fence()
      return call(json('release', by), ({ ledger }) => ledger.release(shard, by))
    }
    case 7:
    case 15: {
      const gameId = game()
      return call(json('settle', gameId), ({ ledger }) => ledger.settle(gameId).catch((error: Error) => error.name))
    }
    case 8: {
      const gameId = game()
      return call(json('find', gameId), ({ ledger }) => ledger.find(gameId))
    }
    case 9: {
      const by = fence()
      return call(json('remove', by), ({ ledger }) => ledger.remove(shard, by))
    }
    case 10: {
      const [by, gameIds] = [fence(), [game(), game()]]
      return call(json('forget', by, gameIds), ({ ledger }) => ledger.forget(shard, by, gameIds))
    }
    case 11: {
      const [key, voided, gameId] = [`${shard}-${below(random, 2)}`, game(), game()]
      if (fraction(random) < 0.3) return call(json('bind', key, gameId), ({ ledger }) => ledger.bind(key, gameId))
      if (fraction(random) < 0.3) return call(json('bound', key), ({ ledger }) => ledger.bound(key))
      return call(json('rebind', key, voided, gameId), ({ ledger }) => ledger.rebind(key, voided, gameId))
    }
    case 12:
    case 13:
    case 14: {
      const lose = fraction(random) < 0.1
      return call(lose ? 'lose' : 'failover', (bench, marks) => (lose ? bench.lose(shard) : failover(bench, marks)))
    }
    default: {
      const [by, at, changes] = [fence(), seq(), randomChanges(random, shard)]
      return call(json('commit', by, at, changes), ({ ledger }) => ledger.commit(shard, by, at, changes), { seq: at })
    }
  }

  /** Marks the state, or goes back to the mark. */
  async function failover(bench: LedgerBench, marks: Marks) {
    if (!marks.goBack) marks.goBack = await bench.snapshot(shard)
    else {
      await marks.goBack()
      marks.goBack = null
    }
  }
}

export const gameOf = (shard: ShardId, n: number): GameId =>
  `${shard.toString(16).padStart(8, '0')}-0000-8000-8000-${n.toString(16).padStart(12, '0')}` as GameId

function randomProof(random: Random, fence: Fence, seq: number, runId: string): TakeProof {
  const type = pick(random, ['expired', 'expired', 'transfer', 'reclaim'] as const)
  const above = pick(random, [0, 0, 4, 9])
  if (type === 'expired') return { type, above }
  if (type === 'transfer') return { type, fence, above }
  return { type, fence, seq, runId: pick(random, [runId, 'a-run-before']), above }
}

/** Each game at most once, as the port demands. */
function randomChanges(random: Random, shard: ShardId): Change[] {
  const games = Array.from({ length: GAMES }, (_, n) => n).filter(() => fraction(random) < 0.4)
  return games.map((n) => {
    const done = fraction(random) < 0.3
    const result = done && fraction(random) < 0.8 ? pick(random, RECORDS) : null
    return { gameId: gameOf(shard, n), record: pick(random, RECORDS), create: fraction(random) < 0.4, done, result }
  })
}
