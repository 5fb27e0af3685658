import { readFileSync } from 'node:fs'
import { encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { decodeClient, decodeServer } from './codec.ts'
import { CloseCode, errors } from './errors.ts'
import type { ServerMessage } from './messages.ts'
import { clientLayouts, serverLayouts } from './shapes.ts'
import { bytesOf, hexOf } from './vectors/hex.ts'
import { WIRE_HISTORY } from './version.ts'

const document = readFileSync(new URL('PROTOCOL.md', import.meta.url), 'utf8')

const section = (title: string): string => {
  const found = document.split(/^## /m).find((part) => part.startsWith(`${title}\n`))
  if (found === undefined) throw new Error(`PROTOCOL.md has no section "${title}"`)
  return found
}
const rows = (text: string): string[][] =>
  [...text.matchAll(/^\| (.+) \|$/gm)]
    .map(([, row]) => row!.split(/ *\| */))
    .filter(([first]) => !first!.startsWith('---'))

test('[document] the tables of tags name the messages and fields that the codec knows, in their order', () => {
  for (const [title, layouts] of [
    ['Client to server', clientLayouts],
    ['Server to client', serverLayouts],
  ] as const) {
    const known = layouts.map(({ type, tag, fields }) => [
      String(tag),
      type.toUpperCase(),
      fields.map(([name, field]) => (field.optional ? `${name}?` : name)).join(', '),
    ])
    const written = rows(section(title)).slice(1)
    expect(written.map((row) => row.slice(0, 3))).toEqual(known)
  }
})

test('[document] the tables of codes are the tables of errors.ts', () => {
  const table = rows(section('Error codes'))
  const closeHeader = table.findIndex(([first]) => first === 'close code')
  const codes = table
    .slice(1, closeHeader)
    .flatMap(([names, status]) => names!.split(', ').map((name) => [name, Number(status)]))
  expect(Object.fromEntries(codes)).toEqual(
    Object.fromEntries(Object.entries(errors).map(([code, { httpStatus }]) => [code, httpStatus])),
  )
  const closeCodes = table.slice(closeHeader + 1).flatMap(([numbers]) => numbers!.split(', ').map(Number))
  // 1006 is what a client sees when no close frame came: nobody sends it.
  expect(new Set(closeCodes)).toEqual(new Set([1006, ...Object.values(CloseCode)]))
})

test('[document] the worked examples are frames of the protocol, byte by byte', () => {
  const examples = [...section('Worked examples').matchAll(/^ {2}(\[.*\])\n {2}([0-9a-f ]+)$/gm)]
  expect(examples.length).toBe(18)
  for (const [, json, hex] of examples) {
    const frame = JSON.parse(json!) as number[]
    const bytes = bytesOf(hex!.replaceAll(' ', ''))
    expect(hexOf(encode(frame)), json).toBe(hexOf(bytes))
    expect(frame[0]! < 64 ? decodeClient(bytes) : decodeServer(bytes), json).toMatchObject({ ok: true, value: {} })
  }
})

test('[document] the refused examples are refused as written', () => {
  const refused = rows(section('Worked examples')).slice(1)
  expect(refused.length).toBe(11)
  for (const [frame, , answer] of refused) {
    const result = decodeClient(bytesOf(frame === '(empty)' ? '' : frame!.replaceAll(/[` ]/g, '')))
    if (result.ok) throw new Error(`${frame} was taken`)
    const failure = result.error
    const said =
      failure.kind === 'close' ? `close ${failure.code}` : `ERROR rid ${failure.rid ?? 'nil'}, ${failure.code}`
    expect(said, frame).toBe(answer)
  }
})

test('[P3] the game told in the document is one that clients could play', () => {
  const lines = [...section('One game from start to end').matchAll(/^(AB|A|B)([<>]) (\[.*\])$/gm)]
  expect(lines.length).toBeGreaterThan(40)
  const received: Record<string, ServerMessage[]> = { A: [], B: [] }
  for (const [, who, direction, json] of lines) {
    const bytes = encode(JSON.parse(json!))
    if (direction === '>') {
      expect(decodeClient(bytes).ok, json).toBe(true)
      continue
    }
    const result = decodeServer(bytes)
    if (!result.ok || result.value === null) throw new Error(`${json}: ${JSON.stringify(result)}`)
    for (const player of who!) received[player]!.push(result.value)
  }
  for (const messages of Object.values(received)) expect(replay(messages)).toBe('G over at 7, H begun')
})

test('[document] its history and that of version.ts have the same versions', () => {
  const told = rows(section('Version history'))
    .slice(1)
    .map(([version]) => version)
  expect(told).toEqual(WIRE_HISTORY.map(({ version }) => version))
})

/** Follows the games as a client does; throws where it would have to watch again. */
function replay(messages: readonly ServerMessage[]): string {
  let version = 0
  let board = 0
  let story = ''
  for (const message of messages) {
    if (message.type === 'state') {
      version = message.version
      board = message.game.moves.reduce((sum, cell, i) => sum + (1 + (i % 2)) * 3 ** cell, 0)
      if (message.gameId === 'H') story += ', H begun'
    } else if (message.type === 'moved') {
      board += (1 + (message.ply % 2)) * 3 ** message.cell
      expect([message.version, message.board]).toEqual([version + 1, board])
      version = message.version
    } else if (message.type === 'ended') {
      expect(message.version).toBe(version + 1)
      story += `${message.gameId} over at ${message.version}`
    }
  }
  return story
}
