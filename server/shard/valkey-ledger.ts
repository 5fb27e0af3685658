import { assert } from '../../kit/assert.ts'
import type { Valkey } from '../../ports/valkey/connect.ts'
import { resultsKey } from '../../ports/valkey/result-outbox.ts'
import { readScript, runScript, runScriptAndWait, type Script } from '../../ports/valkey/script.ts'
import { isUnknownOutcome } from '../../ports/valkey/unknown.ts'
import type { GameId } from '../../protocol/ids.ts'
import { COMMIT_CHANGES_MAX, LedgerUnknown, type RenewAnswer, type ShardId, type ShardLedger } from './ledger.ts'
import { BIND_MS, EPOCHS_AFTER_GRACE, GRACE_MS, shardOf, TOMBSTONE_MS } from './ledger-rules.ts'
import * as reply from './valkey-replies.ts'

export interface ValkeyLedgerOptions {
  /** A connection of its own for open, take, renew and release, so that no load or slow commit delays a lease. Default: the same. */
  readonly leases?: Valkey
  /** Each write is answered only when so many replicas confirmed it. */
  readonly commitReplicas?: number
  /** How long to wait for replicas, ms; then the outcome is unknown. Below the connection's command timeout. */
  readonly waitMs?: number
}

const script = (name: string): Script => readScript(new URL(`lua/${name}.lua`, import.meta.url))
const scriptWithPrelude = (name: string): Script =>
  readScript(new URL(`lua/${name}.lua`, import.meta.url), new URL('lua/prelude.lua', import.meta.url))

const scripts = {
  open: scriptWithPrelude('open'),
  take: scriptWithPrelude('take'),
  renew: scriptWithPrelude('renew'),
  settle: scriptWithPrelude('settle'),
  release: script('release'),
  commit: script('commit'),
  find: script('find'),
  load: scriptWithPrelude('load'),
  forget: script('forget'),
  remove: script('remove'),
  bind: script('bind'),
  rebind: script('rebind'),
}

/** Keys of a shard share a hash tag: on a cluster one primary holds them all. */
export function shardKeys(shard: ShardId) {
  const tag = `{s:${shard}}`
  return { head: `${tag}:head`, rooms: `${tag}:rooms`, done: `${tag}:done`, results: resultsKey(shard) } as const
}

/** The ledger on a Valkey or Redis 7, single or cluster: each call is one Lua script of `lua/`. */
export function valkeyLedger(commits: Valkey, options: ValkeyLedgerOptions = {}): ShardLedger {
  const { leases = commits, commitReplicas = 0, waitMs = 500 } = options
  type Call = (script: Script, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>

  const reader =
    (valkey: Valkey): Call =>
    (script, keys, args) =>
      runScript(valkey, script, keys, args).catch(rethrow)
  const writer =
    (valkey: Valkey): Call =>
    (script, keys, args) =>
      runScriptAndWait(valkey, script, keys, args, { replicas: commitReplicas, timeoutMs: waitMs }).catch(rethrow)
  const read = reader(commits)
  const write = commitReplicas === 0 ? read : writer(commits)
  const lease = commitReplicas === 0 ? reader(leases) : writer(leases)

  return {
    async open(shard, { owner, nonce, leaseMs }) {
      return reply.opened(await lease(scripts.open, [shardKeys(shard).head], [owner, nonce, leaseMs]))
    },
    async take(shard, proof, { owner, nonce, leaseMs }) {
      const fence = proof.type === 'expired' ? { epoch: 0, nonce: '' } : proof.fence
      const held = proof.type === 'reclaim' ? proof : { seq: 0, runId: '' }
      const rules = [GRACE_MS, EPOCHS_AFTER_GRACE, proof.above ?? 0]
      const args = [proof.type, fence.epoch, fence.nonce, held.seq, held.runId, owner, nonce, leaseMs, ...rules]
      return reply.taken(await lease(scripts.take, [shardKeys(shard).head], args))
    },
    renew: (renewals, leaseMs) =>
      // All leave in one turn and share a round trip; on a cluster each finds its own primary.
      Promise.all(
        renewals.map(async ({ shard, fence, seq }): Promise<RenewAnswer> => {
          const args = [fence.epoch, fence.nonce, seq, leaseMs]
          try {
            return reply.renewed(await lease(scripts.renew, [shardKeys(shard).head], args))
          } catch (error) {
            if (error instanceof LedgerUnknown) return { type: 'unknown' }
            throw error
          }
        }),
      ),
    async release(shard, fence) {
      await lease(scripts.release, [shardKeys(shard).head], [fence.epoch, fence.nonce])
    },
    async commit(shard, fence, seq, changes) {
      assert(changes.length <= COMMIT_CHANGES_MAX, `a commit of ${changes.length} changes`)
      const { head, rooms, done, results } = shardKeys(shard)
      const updates: string[] = []
      const others: string[] = []
      for (const { gameId, record, create, done, result } of changes) {
        if (create || done) others.push(gameId, record, create ? '1' : '0', done ? '1' : '0', result ?? '')
        else updates.push(gameId, record)
      }
      const args = [String(fence.epoch), fence.nonce, String(seq), String(updates.length / 2), ...updates, ...others]
      return reply.committed(await write(scripts.commit, [head, rooms, done, results], args))
    },
    async settle(gameId) {
      const { head, rooms, done } = shardKeys(shardOf(gameId))
      return reply.settled(await write(scripts.settle, [head, rooms, done], [gameId]))
    },
    async find(gameId) {
      const { rooms, done } = shardKeys(shardOf(gameId))
      return reply.found(await read(scripts.find, [rooms, done], [gameId]))
    },
    async load(shard) {
      const { head, rooms, done } = shardKeys(shard)
      return reply.image(await read(scripts.load, [head, rooms, done], []))
    },
    async forget(shard, fence, gameIds) {
      const { head, done } = shardKeys(shard)
      for (let from = 0; from < gameIds.length; from += COMMIT_CHANGES_MAX) {
        const some = gameIds.slice(from, from + COMMIT_CHANGES_MAX)
        await read(scripts.forget, [head, done], [fence.epoch, fence.nonce, ...some])
      }
    },
    async remove(shard, fence) {
      const { head, rooms, done, results } = shardKeys(shard)
      const args = [fence.epoch, fence.nonce, TOMBSTONE_MS]
      return (await write(scripts.remove, [head, rooms, done, results], args)) === 1
    },
    bind: async (key, gameId) => (await write(scripts.bind, [bindKey(key)], [gameId, BIND_MS])) as GameId,
    bound: async (key) => (await commits.get(bindKey(key)).catch(rethrow)) as GameId | null,
    rebind: async (key, voided, gameId) =>
      (await write(scripts.rebind, [bindKey(key)], [voided, gameId, BIND_MS])) as GameId,
  }
}

const bindKey = (key: string): string => `{b:${key}}`

function rethrow(error: unknown): never {
  if (isUnknownOutcome(error)) throw new LedgerUnknown((error as Error).message, { cause: error })
  throw error
}
