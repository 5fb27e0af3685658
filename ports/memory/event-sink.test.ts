import { expect, test } from 'vitest'
import { eventSinkContract } from '../event-sink.contract.ts'
import { memoryEventSink } from './event-sink.ts'

eventSinkContract('memory', async () => {
  const sink = memoryEventSink()
  return { sink, held: async () => sink.events, close: async () => {} }
})

test('memory: only the newest events are held', async () => {
  const sink = memoryEventSink(2)
  const event = (id: string) => ({ id, type: 't', atMs: 0, data: {} })
  await sink.publish([event('a'), event('b'), event('c')])
  expect(sink.events).toEqual([event('b'), event('c')])
})
