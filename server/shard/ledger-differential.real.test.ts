import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { seededRandom } from '../../kit/random.ts'
import { closeValkey, connectValkey, type Valkey } from '../../ports/valkey/connect.ts'
import { startRedis, type TestRedis } from '../../scripts/test-redis.ts'
import type { LedgerBench } from './ledger.contract.ts'
import type { ShardId } from './ledger.ts'
import { memoryLedger } from './memory-ledger.ts'
import { memoryStore } from './memory-store.ts'
import { type LedgerCall, type Marks, randomCall, type Seen } from './test-ledger-calls.ts'
import { memoryBench } from './test-memory-bench.ts'
import { valkeyBench } from './test-valkey-bench.ts'

const SEQUENCES = 10_000
const CALLS = 10
/** So many sequences share each round trip. */
const LANES = 200

let redis: TestRedis
let valkey: Valkey
let real: LedgerBench
let runId: string
const answers = new Map<string, number>()

beforeAll(async () => {
  redis = await startRedis()
  valkey = await connectValkey(redis.url, { name: 'differential', commandTimeoutMs: 20_000 })
  real = valkeyBench(valkey, async () => {})
  runId = /run_id:(\w+)/.exec(await valkey.info('server'))![1]!
})
afterAll(async () => {
  if (valkey) closeValkey(valkey)
  await redis?.stop()
})

test(`[L1] .. [L12] ${SEQUENCES} random call sequences are answered alike in memory and by a real store`, async () => {
  let nextSeed = 1
  const lane = async () => {
    while (nextSeed <= SEQUENCES) await compareSequence(nextSeed++)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  for (const branch of BRANCHES) expect(answers.get(branch) ?? 0, `sequences that met ${branch}`).toBeGreaterThan(20)
}, 60_000)

/** Answers that the sequences must have met, else they prove little. */
const BRANCHES = [
  ...['opened', 'exists', 'taken', 'held', 'grace', 'missing', 'refused', 'renewed', 'fenced', 'behind', 'gap'],
  ...['committed', 'live', 'done', 'void', 'LedgerUnknown', 'true', 'false'],
]

async function compareSequence(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const shard = seed as ShardId
  const memory = memoryBench(memoryLedger(systemClock, { store: memoryStore(runId) }))
  const marks: { readonly memory: Marks; readonly real: Marks } = { memory: { goBack: null }, real: { goBack: null } }
  const seen: Seen = { fence: { epoch: 1, nonce: 'n0' }, seq: 0 }
  const trace: string[] = [`seed ${seed}`]
  for (let i = 0; i < CALLS; i++) {
    const call = randomCall(random, shard, runId, seen)
    const [a, b] = await Promise.all([call.run(memory, marks.memory), call.run(real, marks.real)])
    trace.push(`${call.text} -> ${JSON.stringify(a)}`)
    if (!isDeepStrictEqual(withoutTime(b), withoutTime(a))) expect(b, trace.join('\n')).toEqual(a)
    learn(seen, call, a)
    count(a)
  }
  const end = async ({ ledger, results }: LedgerBench) => {
    const { doneAgeMs, ...image } = await ledger.load(shard)
    return [image, doneAgeMs === null, await results(shard)]
  }
  const [a, b] = await Promise.all([end(memory), end(real)])
  if (!isDeepStrictEqual(b, a)) expect(b, trace.join('\n')).toEqual(a)
}

function learn(seen: Seen, call: LedgerCall, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  if (call.nonce !== undefined && 'epoch' in answer) seen.fence = { epoch: Number(answer.epoch), nonce: call.nonce }
  if ('seq' in answer) seen.seq = Number(answer.seq)
  else if (call.seq !== undefined && 'refused' in answer) seen.seq = call.seq
}

/** How long a lease still holds depends on how fast the store answers. */
function withoutTime(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('forMs' in answer)) return answer
  return { ...answer, forMs: 0 }
}

function count(answer: unknown): void {
  const first: unknown = Array.isArray(answer) ? answer[0] : answer
  const name = typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : String(first)
  answers.set(name, (answers.get(name) ?? 0) + 1)
}
