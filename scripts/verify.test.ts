import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { seedView } from '../game/seed-view.ts'
import { memorySigner } from '../ports/memory/signer.ts'
import { signedGameOf } from '../ports/test-finished-games.ts'
import { verifyFile } from './verify.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-verify-'))
const path = join(folder, 'record.json')
const keysPath = join(folder, 'keys.json')
const signer = memorySigner()
const keys = JSON.stringify({ keys: await signer.publicKeys() })
writeFileSync(keysPath, keys)
afterAll(() => rmSync(folder, { recursive: true }))

const game = await signedGameOf({ players: ['ana', 'bot-2'], mode: 'bot' }, signer)
const answer = { ...seedView(game.gameId, game.room), match: null, record: game.record, signature: game.signature }
type Answer = typeof answer

async function verify(document: unknown, ...args: string[]) {
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document))
  return verifyFile([path, ...(args.length > 0 ? args : ['--keys', keysPath])])
}

test('[verify] the answer of GET /games/{id}, and its record alone, are genuine', async () => {
  const { record, signature } = answer
  for (const document of [answer, { record, signature }]) {
    const { line, exitCode } = await verify(document)
    expect(line).toBe(`GENUINE ${path}: game ${game.gameId}, 5 plies, signed by ${signature.keyId}`)
    expect(exitCode).toBe(0)
  }
})

test.each<[string, (answer: Answer) => unknown, RegExp]>([
  ['a ply', (a) => ({ ...a, record: { ...a.record, plies: a.record.plies.with(3, a.record.plies[2]!) } }), /: ply 3: /],
  [
    'a move beside the record',
    (a) => ({ ...a, moves: a.moves.with(2, { ...a.moves[2]!, position: [2, 2] }) }),
    /: ply 2: /,
  ],
  ['a move left out beside it', (a) => ({ ...a, moves: a.moves.slice(0, 4) }), /: ply 4: /],
  ['a move more beside it', (a) => ({ ...a, moves: [...a.moves, a.moves[0]] }), /: ply 5: /],
  ['the winner beside it', (a) => ({ ...a, winner: 'O' }), /: ending: /],
  ['the board beside it', (a) => ({ ...a, board: a.board.toReversed() }), /: ending: /],
  ['the time beside it', (a) => ({ ...a, createdAt: a.endedAt }), /: header: /],
  ['the signature', (a) => ({ ...a, signature: { ...a.signature, signature: 'A'.repeat(86) } }), /: signature: /],
  ['no record', ({ record: _, ...a }) => a, /: format: /],
])('[verify] %s that was tampered with is named', async (_, change, place) => {
  const { line, exitCode } = await verify(change(answer))
  expect(line).toMatch(/^TAMPERED /)
  expect(line).toMatch(place)
  expect(exitCode).toBe(1)
})

test('[verify] other players beside the record are named, whatever they are called', async () => {
  const between = await signedGameOf({ players: ['ana', 'ben'] }, signer)
  const view = seedView(between.gameId, between.room)
  const { record, signature } = between
  const named = view.players.map((player) => ({ ...player, name: 'Somebody' }))
  expect((await verify({ ...view, record, signature, players: named })).exitCode).toBe(0)
  expect((await verify({ ...view, record, signature, players: named.toReversed() })).line).toMatch(/: header: /)
})

test('[verify] keys come from a server too', async () => {
  const server = createServer((request, response) =>
    request.url === '/.well-known/oxo-keys' ? response.end(keys) : response.writeHead(404).end(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await verify(answer, '--url', url)).exitCode).toBe(0)
  server.close()
  server.closeAllConnections()
})

test('[verify] keys of somebody else, no file and no JSON are one line each', async () => {
  const foreign = join(folder, 'foreign.json')
  writeFileSync(foreign, JSON.stringify({ keys: await memorySigner().publicKeys() }))
  expect(await verify(answer, '--keys', foreign)).toEqual({
    line: `UNKNOWN ${path}: key: ${answer.signature.keyId} is none of those given`,
    exitCode: 1,
  })
  for (const args of [[], ['--what'], [join(folder, 'nowhere.json')], [path, path], [path, '--keys', path]]) {
    const { line, exitCode } = await verifyFile(args)
    expect(line).toMatch(/^(usage|cannot verify): [^\n]+$/)
    expect(exitCode).toBe(1)
  }
  expect((await verify('{"record":')).line).toMatch(/^cannot verify: /)
})
