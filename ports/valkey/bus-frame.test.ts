import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from './bus-frame.ts'

test('[bus] messages come out of a frame as they went in, after the way over UTF-8', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', ',', '7', 'é', '✗', '🦦'), maxLength: 20 })
  fc.assert(
    fc.property(fc.array(text), (messages) => {
      expect(decodeFrame(Buffer.from(encodeFrame(messages)).toString())).toEqual(messages)
    }),
  )
})

test('[bus] what is no frame is refused whole', () => {
  const broken = ['', 'abc', '3\nab', '3\nabcd', ',\n', '-1\n', '1,\na', '1e1\n0123456789', '999999999\na', '0x1\na']
  for (const frame of broken) expect(decodeFrame(frame), frame).toBeNull()
  fc.assert(
    fc.property(fc.string(), (frame) => {
      const messages = decodeFrame(frame)
      if (messages !== null) expect(frame.endsWith(messages.join(''))).toBe(true)
    }),
  )
})
