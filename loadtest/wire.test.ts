import { decode, encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { eachFrame, MASK, SHORT_HEADER_BYTES } from './frames.ts'
import { FIELD_1, moveFrame, patchMove, requestFrame, skipAt, Tag, tagAt, uintAt, unpackFrame } from './wire.ts'

const unmasked = (frame: Buffer) => decode(frame.subarray(SHORT_HEADER_BYTES).map((byte, i) => byte ^ MASK[i & 3]!))

test('[MOVE] a patched frame is the MOVE that was asked for, again and again', () => {
  const gameId = '0190c2f4-5b7e-8f00-9a11-2233445566ff'
  const frame = moveFrame(gameId)
  for (const [rid, ply, cell] of [
    [0x1_0000, 0, 8],
    [0xfedcba98, 8, 0],
    [1, 3, 4],
  ] as const) {
    patchMove(frame, rid, ply, cell)
    expect(unmasked(frame)).toEqual([Tag.move, rid, gameId, ply, cell])
  }
  expect(unmasked(moveFrame('short'))).toEqual([Tag.move, 0, 'short', 0, 0])
})

test('[FIND] a request is one masked frame of plain msgpack', () => {
  expect(unmasked(requestFrame([Tag.find, 70_000, 'casual']))).toEqual([Tag.find, 70_000, 'casual'])
})

test('[MOVED] version, ply, cell and board are found behind ids of any length', () => {
  for (const id of ['g', 'g'.repeat(36), 'g'.repeat(64)]) {
    for (const board of [1, 200, 19_682, 70_000]) {
      const payload = Buffer.from(encode([Tag.moved, id, 7, 5, 3, board, 1_700_000_000_000]))
      expect(tagAt(payload, 0)).toBe(Tag.moved)
      const version = skipAt(payload, FIELD_1)
      const ply = skipAt(payload, version)
      const cell = skipAt(payload, ply)
      expect([version, ply, cell, skipAt(payload, cell)].map((at) => uintAt(payload, at))).toEqual([7, 5, 3, board])
    }
  }
})

test('[wire] what is no small unsigned integer, string or tagged array is -1', () => {
  const bytes = (value: unknown) => Buffer.from(encode(value))
  expect([null, -1, 1.5, 'x'].map((value) => uintAt(bytes(value), 0))).toEqual([-1, -1, -1, -1])
  expect([null, 1.5, []].map((value) => skipAt(bytes(value), 0))).toEqual([-1, -1, -1])
  expect([{ a: 1 }, 5, [-1]].map((value) => tagAt(bytes(value), 0))).toEqual([-1, -1, -1])
})

test('[wire] a frame of the server is unpacked from the middle of a read', () => {
  const payload = encode([Tag.ok, 70_000, 'value'])
  const read = Buffer.concat([Buffer.from([9, 9, 0x82, payload.length]), payload])
  const seen: unknown[] = []
  eachFrame(read, 2, read.length, (_opcode, bytes, start, end) => seen.push(unpackFrame(bytes, start, end)))
  expect(seen).toEqual([[Tag.ok, 70_000, 'value']])
})
