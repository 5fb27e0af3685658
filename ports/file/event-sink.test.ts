import { appendFile, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { eventSinkContract } from '../event-sink.contract.ts'
import type { PlatformEvent } from '../event-sink.ts'
import { fileEventSink } from './event-sink.ts'
import { testFiles } from './test-files.ts'

const { newPath, closeLater } = testFiles()
const newFolder = () => dirname(newPath())

async function held(folder: string): Promise<PlatformEvent[]> {
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line) as PlatformEvent)
}

eventSinkContract('file', async () => {
  const folder = newFolder()
  const sink = await fileEventSink(folder)
  return { sink, held: () => held(folder), close: sink.close }
})

const event = (id: string): PlatformEvent => ({ id, type: 'game_finished', atMs: 0, data: {} })

test('file: a file that is full is followed by another, and only so many are kept', async () => {
  const folder = newFolder()
  const sink = await fileEventSink(folder, { fileBytesMax: 100, filesMax: 3 })
  closeLater(sink.close)
  for (let n = 0; n < 12; n++) await sink.publish([event(`e${n}`)])
  const ids = (await held(folder)).map(({ id }) => id)
  expect(await readdir(folder)).toHaveLength(3)
  expect(ids.at(-1)).toBe('e11')
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => `e${12 - ids.length + n}`))
})

test('file: the next process goes on with the file of the last one, unless a crash tore its end', async () => {
  const folder = newFolder()
  const publish = async (id: string) => {
    const sink = await fileEventSink(folder)
    await sink.publish([event(id)])
    await sink.close()
  }
  await publish('a')
  await publish('b')
  expect(await held(folder)).toEqual([event('a'), event('b')])
  const [name] = await readdir(folder)
  await appendFile(join(folder, name!), '{"id":"to')
  await publish('c')
  expect(await held(folder)).toEqual([event('a'), event('b'), event('c')])
  expect(await readdir(folder)).toHaveLength(2)
})
