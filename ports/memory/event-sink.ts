import { EVENT_BYTES_MAX, type EventSink, type PlatformEvent } from '../event-sink.ts'
import { RecordRejected } from '../store-failure.ts'

const EVENTS_MAX = 100_000

/** The newest events of this process. */
export function memoryEventSink(eventsMax = EVENTS_MAX): EventSink & { readonly events: readonly PlatformEvent[] } {
  const events: PlatformEvent[] = []
  return {
    events,
    async publish(more) {
      for (const event of more) eventLine(event)
      events.push(...more)
      events.splice(0, events.length - eventsMax)
    },
  }
}

/** The event as a line of JSON. @throws RecordRejected when it is too long */
export function eventLine(event: PlatformEvent): string {
  const line = JSON.stringify(event)
  if (Buffer.byteLength(line) > EVENT_BYTES_MAX) throw new RecordRejected(`event ${event.id} is too long`)
  return line
}
