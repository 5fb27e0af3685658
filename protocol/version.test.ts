import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import * as limits from './limits.ts'
import { clientLayouts, serverLayouts, wireShapes } from './shapes.ts'
import { PROTOCOL_VERSION, SUBPROTOCOL, WIRE_HISTORY } from './version.ts'

const shapes = createHash('sha256').update(wireShapes()).digest('hex')

test('[version] the wire shapes are those of the newest version: if they changed, add one and say so in PROTOCOL.md', () => {
  expect(WIRE_HISTORY.at(-1)!.shapes, wireShapes()).toBe(shapes)
})

test('[version] versions only grow, and each changed something', () => {
  const numbers = WIRE_HISTORY.map(({ version }) => version.split('.').map(Number))
  for (const [i, [major, minor]] of numbers.entries()) {
    const [majorBefore, minorBefore] = numbers[i - 1] ?? [1, -1]
    const next = major === majorBefore ? minor === minorBefore! + 1 : major === majorBefore! + 1 && minor === 0
    expect(next, `${major}.${minor}`).toBe(true)
  }
  expect(new Set(WIRE_HISTORY.map((entry) => entry.shapes)).size).toBe(WIRE_HISTORY.length)
})

test('[version] the major version is everywhere the same', () => {
  expect(WIRE_HISTORY.at(-1)!.version.split('.')[0]).toBe(String(PROTOCOL_VERSION))
  expect(SUBPROTOCOL).toBe(`oxo.v${PROTOCOL_VERSION}`)
})

test('[version] a tag is one byte, unique, and tells the direction', () => {
  const client = clientLayouts.map(({ tag }) => tag)
  const server = serverLayouts.map(({ tag }) => tag)
  const all = [...client, ...server]
  expect(new Set(all).size).toBe(all.length)
  expect(Math.max(...client)).toBeLessThan(Math.min(...server))
  expect(Math.max(...all)).toBeLessThanOrEqual(limits.TAG_MAX)
})

test('[version] only last fields are optional, so that a frame has no gaps', () => {
  for (const { type, fields } of [...clientLayouts, ...serverLayouts]) {
    const optional = fields.map(([, field]) => field.optional === true)
    expect(optional, type).toEqual([...optional].sort())
  }
})

test('[limits] the numbers are those of PROTOCOL.md', () => {
  expect(limits).toMatchObject({
    CLIENT_FRAME_BYTES_MAX: 1_024,
    SERVER_FRAME_BYTES_MAX: 4_096,
    TAG_MAX: 127,
    OPAQUE_BYTES_MAX: 64,
    PING_INTERVAL_MS: 30_000,
    PONG_TIMEOUT_MS: 60_000,
    IDLE_TIMEOUT_MS: 600_000,
    FRAMES_PER_SECOND: 20,
    FLOOD_FACTOR: 4,
    FLOOD_RETRY_MS: 30_000,
    UNSENT_BYTES_MAX: 64 * 1_024,
    SOCKETS_PER_USER_MAX: 4,
    RECONNECT_FIRST_DELAY_MS: 500,
    RECONNECT_DELAY_MAX_MS: 30_000,
    INVITE_TTL_MS: 600_000,
    OFFER_TTL_MS: 60_000,
    ABSENT_TTL_MS: 300_000,
    WATCH_AFTER_END_MS: 300_000,
    PHRASES: 16,
    CELLS: 9,
  })
})
