import { afterAll, beforeAll, expect, test } from 'vitest'
import { EVENT_BYTES_MAX, type EventSink, type PlatformEvent } from './event-sink.ts'
import { RecordRejected } from './store-failure.ts'

/* [V1] what was published is there, whole   [V2] an event that is too long is refused, and nothing of its batch is half there */

export interface EventSinkBench {
  readonly sink: EventSink
  /** All that the sink holds, oldest first. */
  held(): Promise<readonly PlatformEvent[]>
  close(): Promise<void>
}

const event = (id: string, data: PlatformEvent['data'] = { mode: 'ranked', players: ['ana', 'böb\n'] }) => ({
  id,
  type: 'game_finished',
  atMs: 1_700_000_000_000,
  data,
})

export function eventSinkContract(name: string, open: () => Promise<EventSinkBench>): void {
  let bench: EventSinkBench
  beforeAll(async () => {
    bench = await open()
  })
  afterAll(() => bench.close())

  test(`${name}: [V1] [V2] events are held whole, in the order of their batches; a long one is refused with its batch`, async () => {
    await bench.sink.publish([event('e1'), event('e2')])
    await bench.sink.publish([])
    const tooLong = event('e3', { text: 'x'.repeat(EVENT_BYTES_MAX) })
    await expect(bench.sink.publish([event('e0'), tooLong])).rejects.toThrow(RecordRejected)
    await Promise.all([bench.sink.publish([event('e4')]), bench.sink.publish([event('e5')])])
    expect(await bench.held()).toEqual(['e1', 'e2', 'e4', 'e5'].map((id) => event(id)))
  })
}
