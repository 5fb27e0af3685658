import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { type FileLedger, fileLedger } from './file-ledger.ts'
import { ledgerContract } from './ledger.contract.ts'
import { LedgerUnknown, type ShardId } from './ledger.ts'
import { gameOf } from './test-ledger-calls.ts'
import { memoryBench } from './test-memory-bench.ts'

const shard = 1 as ShardId
const claimant = { owner: 'a.1', nonce: 'a', leaseMs: 60_000 }
const fence = { epoch: 1, nonce: 'a' }
const KILLS = 3
const folders: string[] = []

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oxo-ledger-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

ledgerContract('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oxo-ledger-'))
  const ledger = await fileLedger(systemClock, folder)
  return memoryBench(ledger, async () => {
    await ledger.close()
    await rm(folder, { recursive: true })
  })
})

const created = (n: number, record = `record ${n}`) => ({
  gameId: gameOf(shard, n),
  record,
  create: true,
  done: false,
  result: null,
})
const finished = (n: number) => ({ ...created(n, `done ${n}`), create: false, done: true, result: `result ${n}` })

async function opened(folder: string): Promise<FileLedger> {
  const ledger = await fileLedger(systemClock, folder)
  await ledger.open(shard, claimant)
  return ledger
}

/** All that a restart must bring back. */
const stateOf = async (ledger: FileLedger) => ({
  image: { ...(await ledger.load(shard)), doneAgeMs: expect.any(Number) },
  results: ledger.results(shard),
  bound: await ledger.bound('key'),
  voided: await ledger.find(gameOf(shard, 9)),
})

async function busyShard(ledger: FileLedger): Promise<void> {
  await ledger.commit(shard, fence, 1, [created(1), created(2), created(3)])
  await ledger.commit(shard, fence, 2, [finished(1), finished(2), created(4)])
  await ledger.settle(gameOf(shard, 9))
  await ledger.bind('key', gameOf(shard, 1))
  await ledger.rebind('key', gameOf(shard, 1), gameOf(shard, 3))
  await ledger.deliver(shard, [ledger.results(shard)[0]!.id])
  await ledger.forget(shard, fence, [gameOf(shard, 1)])
}

test('file: [P1] a restart brings everything back under a new run, and the shard is free to be taken at once', async () => {
  const folder = await newFolder()
  const first = await opened(folder)
  await busyShard(first)
  const before = await stateOf(first)
  await first.close()
  const second = await fileLedger(systemClock, folder)
  expect(await stateOf(second)).toEqual(before)
  expect(second.shards).toEqual([shard])
  expect(second.store.runId).not.toBe(first.store.runId)
  const taken = await second.take(shard, { type: 'expired' }, { ...claimant, nonce: 'b' })
  expect(taken).toMatchObject({ type: 'taken', epoch: 2, seq: 2 })
  await second.close()
})

test('file: [P1] a snapshot in place of all lines holds the same', async () => {
  const folder = await newFolder()
  const ledger = await opened(folder)
  await busyShard(ledger)
  const big = 'x'.repeat(100_000)
  for (let seq = 3; seq < 120; seq++)
    await ledger.commit(shard, fence, seq, [{ ...created(4, `${big}${seq}`), create: false }])
  const before = await stateOf(ledger)
  await ledger.close()
  const { size } = await stat(join(folder, 'ledger.log'))
  expect(size, 'outgrown lines were dropped').toBeLessThan(117 * big.length * 0.8)
  const second = await fileLedger(systemClock, folder)
  expect(await stateOf(second)).toEqual(before)
  await second.close()
})

test('file: [P1] a torn end is dropped, what was acknowledged before it stays, what comes after it too', async () => {
  for (const damage of ['cut', 'garbage', 'zeros'] as const) {
    const folder = await newFolder()
    const path = join(folder, 'ledger.log')
    const ledger = await opened(folder)
    await ledger.commit(shard, fence, 1, [created(1)])
    const acknowledged = (await stat(path)).size
    await ledger.commit(shard, fence, 2, [created(2)])
    await ledger.close()
    const { size } = await stat(path)
    if (damage === 'cut') await truncate(path, size - 5)
    else {
      await truncate(path, acknowledged)
      const torn = damage === 'zeros' ? Buffer.alloc(40) : '1234 ["commit",1,2\n'
      await appendFile(path, torn)
    }
    const second = await fileLedger(systemClock, folder)
    expect((await second.load(shard)).seq, damage).toBe(1)
    expect(await second.take(shard, { type: 'expired' }, { ...claimant, nonce: 'b' })).toMatchObject({ type: 'taken' })
    await second.commit(shard, { epoch: 2, nonce: 'b' }, 2, [created(3)])
    await second.close()
    const third = await fileLedger(systemClock, folder)
    expect([...(await third.load(shard)).rooms.keys()], damage).toEqual([gameOf(shard, 1), gameOf(shard, 3)])
    expect(third.tornLines).toBe(0)
    await third.close()
  }
})

test('file: one process a folder; the lock of a dead process is taken over', async () => {
  const folder = await newFolder()
  const lock = join(folder, 'ledger.lock')
  const ledger = await fileLedger(systemClock, folder)
  await expect(fileLedger(systemClock, folder)).rejects.toThrow(`process ${process.pid} uses this folder`)
  await ledger.close()
  await expect(stat(lock)).rejects.toThrow('ENOENT')
  await writeFile(lock, `${process.pid} 1`) // this process's id, but of an earlier process
  const next = await fileLedger(systemClock, folder)
  expect(await readFile(lock, 'utf8')).not.toBe(`${process.pid} 1`)
  await next.close()
})

test('file: [P1] a disk that refuses leaves the outcome unknown; the repeat is answered when it takes writes again', async () => {
  const folder = await newFolder()
  const ledger = await opened(folder)
  await rename(folder, `${folder}-away`)
  const big = 'x'.repeat(500_000)
  let seq = 0
  const commitNext = () => ledger.commit(shard, fence, seq + 1, [created(seq + 1, big)])
  const refused = async () => {
    for (; seq < 100; seq++) await commitNext() // until the file has outgrown its bound and cannot be rewritten
  }
  await expect(refused()).rejects.toBeInstanceOf(LedgerUnknown)
  await expect(commitNext(), 'still').rejects.toBeInstanceOf(LedgerUnknown)
  await rename(`${folder}-away`, folder)
  expect(await commitNext()).toEqual({ type: 'committed', refused: [] })
  await ledger.close()
  const second = await fileLedger(systemClock, folder)
  expect((await second.load(shard)).rooms.size).toBe(seq + 1)
  await second.close()
})

test('file: [P1] kill -9 while committing: every acknowledged commit is there, each result once', async () => {
  const folder = await newFolder()
  for (let kill = 1; kill <= KILLS; kill++) {
    const acknowledged = await killedWhileCommitting(folder, kill * 40)
    const ledger = await fileLedger(systemClock, folder)
    const { seq, rooms, done } = await ledger.load(shard)
    expect(seq).toBeGreaterThanOrEqual(acknowledged)
    expect(seq).toBeLessThanOrEqual(acknowledged + 2)
    expect(rooms.size + done.size, 'one game a commit').toBe(seq)
    expect(done.size).toBe(Math.floor(seq / 3))
    expect(ledger.results(shard).map(({ result }) => result)).toEqual(
      Array.from({ length: done.size }, (_, n) => `result ${3 * (n + 1)}`),
    )
    await ledger.close()
  }
}, 20_000)

/** Runs until so many commits were acknowledged, then kill -9; the last seq acknowledged. */
function killedWhileCommitting(folder: string, commits: number): Promise<number> {
  const script = fileURLToPath(new URL('test-file-ledger-crash.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    output += text
    if (output.split('\n').length > commits) child.kill('SIGKILL')
  })
  return new Promise((resolve) => {
    child.once('close', () => resolve(Number(output.split('\n').at(-2))))
  })
}
