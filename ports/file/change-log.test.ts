import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { openChangeLog } from './change-log.ts'
import { testFiles } from './test-files.ts'

const { newPath, closeLater } = testFiles()

/** A list to which numbers are added: a step done twice, or not at all, shows. */
async function open(path: string) {
  const list: number[] = []
  const log = await openChangeLog<readonly ['add', number]>(
    path,
    async ([, n]) => list.push(n),
    () => list.map((n) => ['add', n] as const),
  )
  closeLater(log.close)
  const add = (n: number) =>
    log.change(
      async () => list.push(n),
      () => ['add', n],
    )
  return { list, add, read: () => log.read(async () => [...list]), close: log.close }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

test('[P1] what was answered is there after a hard stop, once and in order, start after start', async () => {
  const path = newPath()
  for (let start = 0; start < 4; start++) {
    const log = await open(path)
    expect(log.list).toEqual(upTo(start * 3))
    await Promise.all([0, 1, 2].map((n) => log.add(start * 3 + n)))
  }
})

test('[P1] a torn end is dropped; what was answered before it stays, what comes after it too', async () => {
  for (const damage of ['cut', 'garbage', 'zeros', 'hole'] as const) {
    const path = newPath()
    const first = await open(path)
    await first.add(0)
    const { size } = statSync(path)
    await first.add(1)
    const written = readFileSync(path).subarray(size)
    truncateSync(path, size)
    if (damage === 'cut') appendFileSync(path, written.subarray(0, -3))
    else if (damage === 'zeros') appendFileSync(path, Buffer.alloc(40))
    else appendFileSync(path, '1234 [2,"add",7]\n')
    if (damage === 'hole') appendFileSync(path, written) // the pages of one write reach the disk in any order
    const second = await open(path)
    expect(second.list, damage).toEqual([0])
    await second.add(2)
    expect((await open(path)).list, damage).toEqual([0, 2])
  }
})

test('[P1] a read waits for the change that it shows', async () => {
  const log = await open(newPath())
  const order: string[] = []
  const adding = log.add(0).then(() => order.push('stored'))
  const reading = log.read().then((list) => order.push(`shown ${list}`))
  await Promise.all([adding, reading])
  expect(order).toEqual(['stored', 'shown 0'])
})

test('[bounded] the file is rewritten while changes go on, and none is lost or doubled', async () => {
  const path = newPath()
  const log = await open(path)
  let sent = 0
  for (let round = 0; round < 12; round++) {
    await Promise.all(Array.from({ length: 1_000 }, () => log.add(sent++)))
    if (round === 8) log.list.length = 0 // no longer alive
  }
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(6_000)
  // The snapshot held the changes that were appended after it.
  expect((await open(path)).list).toEqual(log.list)
})

test('[P8] a disk that refuses leaves the outcome unknown: nothing that rests on it is answered until it takes it', async () => {
  const path = newPath()
  const log = await open(path)
  await log.add(0)
  let n = 1
  const addMany = async () => {
    for (; n < 20_000; n += 1_000) await Promise.all(Array.from({ length: 1_000 }, (_, i) => log.add(n + i)))
  }
  mkdirSync(`${path}.next`) // a folder in the way of the rewrite
  await expect(addMany()).rejects.toThrow()
  const shown = log.list.length
  await expect(log.read(), 'a read that shows it').rejects.toThrow()
  rmSync(`${path}.next`, { recursive: true })
  expect(await log.read()).toHaveLength(shown)
  expect((await open(path)).list).toEqual(log.list)
})

test('[ops] a file that cannot be used is one line with its path', async () => {
  const path = newPath()
  mkdirSync(dirname(dirname(path)), { recursive: true })
  writeFileSync(dirname(path), '')
  await expect(open(path)).rejects.toThrow(new RegExp(`^${path}: E[A-Z]+`))
})
