import { err, ok, type Result } from '../kit/result.ts'
import { WRONG } from './fields.ts'
import type { Value } from './msgpack-read.ts'
import type { FrameWriter } from './msgpack-write.ts'
import type { Layout } from './shapes.ts'

/** The fields of a frame as a message, or the name of the first field that is missing or wrong. Extra ones are ignored. */
export function readMessage<M>(layout: Layout, frame: readonly Value[]): Result<M, string> {
  const message: Record<string, unknown> = { type: layout.type }
  for (const [i, [name, field]] of layout.fields.entries()) {
    const raw = frame[i + 1]
    if (field.optional && (raw === undefined || raw === null)) continue
    const value = field.read(raw)
    if (value === WRONG) return err(name)
    message[name] = value
  }
  return ok(message as M)
}

/** The frame of a message; an optional last field that is undefined is left out. */
export function writeMessage<M extends { readonly type: string }>(
  to: FrameWriter,
  layout: Layout,
  message: M,
): Uint8Array {
  const values = message as unknown as Record<string, unknown>
  const present = layout.fields.filter(([name]) => values[name] !== undefined)
  to.begin()
  to.array(1 + present.length)
  to.number(layout.tag)
  for (const [name, field] of present) field.write(to, values[name])
  return to.finish()
}
