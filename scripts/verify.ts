import { readFileSync } from 'node:fs'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { winnerLine } from '../game/rules.ts'
import { type SeedView, seedView } from '../game/seed-view.ts'
import type { UserId } from '../protocol/ids.ts'
import type { RecordFault } from '../protocol/record/course.ts'
import { checksWith } from '../protocol/record/node-crypto.ts'
import type { GameRecord, RecordPlayer } from '../protocol/record/types.ts'
import { verifyRecord } from '../protocol/record/verify.ts'

const USAGE = 'usage: npm run verify -- RECORD.json [--keys KEYS.json | --url http://localhost:8080]'
const TIMEOUT_MS = 5_000
/** A record knows a bot by its level, not by an id. */
const BOT = 'bot' as UserId

interface PublicKey {
  readonly kid: string
  readonly x: string
}

/** One line and the exit code: 0 genuine, 1 not. */
export async function verifyFile(
  args: readonly string[],
): Promise<{ readonly line: string; readonly exitCode: 0 | 1 }> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { keys: { type: 'string' }, url: { type: 'string' } },
      allowPositionals: true,
    })
    const [path] = positionals
    if (path === undefined || positionals.length > 1 || (values.keys && values.url)) return { line: USAGE, exitCode: 1 }
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const verified = verifyRecord(document, checksWith(await keysOf(values.keys, values.url)))
    const fault = verified.ok ? viewFault(document as Record<string, unknown>, verified.value.record) : verified.error
    if (!verified.ok || fault !== null) return { line: `${verdictOf(fault!)} ${path}: ${textOf(fault!)}`, exitCode: 1 }
    const { record, signature } = verified.value
    const what = `game ${record.gameId}, ${record.plies.length} plies, signed by ${signature.keyId}`
    return { line: `GENUINE ${path}: ${what}`, exitCode: 0 }
  } catch (error) {
    return { line: `cannot verify: ${(error as Error).message}`, exitCode: 1 }
  }
}

/** Public keys of a JWKS file, of a server, or by default of the keys file on this machine, if it is there. */
async function keysOf(file: string | undefined, url: string | undefined): Promise<readonly PublicKey[]> {
  if (url !== undefined) {
    const response = await fetch(new URL('/.well-known/oxo-keys', url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) throw new Error(`${url} answers ${response.status}`)
    return keysIn(await response.text(), url)
  }
  if (file !== undefined) return keysIn(readFileSync(file, 'utf8'), file)
  const { recordKeysFile } = readConfig(process.env, 'start')
  try {
    return keysIn(readFileSync(recordKeysFile, 'utf8'), recordKeysFile)
  } catch {
    return []
  }
}

function keysIn(text: string, where: string): readonly PublicKey[] {
  const { keys } = JSON.parse(text) as { keys?: unknown }
  const isKey = (key: Partial<PublicKey> | null) => typeof key?.kid === 'string' && typeof key.x === 'string'
  if (!Array.isArray(keys) || !keys.every(isKey)) throw new Error(`${where} is no JWKS with key ids`)
  return keys
}

/** What stands beside the record, when the file is a whole answer of `GET /games/{id}`, must say the same as far as a record knows. */
function viewFault(document: Readonly<Record<string, unknown>>, record: GameRecord): RecordFault | null {
  const shown = viewOf(record)
  const differs = (name: keyof typeof shown) =>
    document[name] !== undefined && !isDeepStrictEqual(document[name], shown[name])
  const why = 'what stands beside the record differs from it'
  const moves = Array.isArray(document.moves) ? document.moves : shown.moves
  const ply = shown.moves.findIndex((move, at) => !isDeepStrictEqual(moves[at], move))
  if (ply >= 0) return { place: 'ply', ply, why }
  if (moves.length > shown.moves.length) return { place: 'ply', ply: shown.moves.length, why }
  if ((['gameId', 'mode', 'createdAt'] as const).some(differs)) return { place: 'header', why }
  const ids = (players: unknown) => Array.isArray(players) && players.map((player) => player?.id)
  const people = record.players.every((player) => 'userId' in player)
  if (people && document.players !== undefined && !isDeepStrictEqual(ids(document.players), ids(shown.players))) {
    return { place: 'header', why }
  }
  return (['board', 'status', 'winner', 'reason', 'line', 'endedAt'] as const).some(differs)
    ? { place: 'ending', why }
    : null
}

function viewOf({ gameId, ending, players, plies, mode, turnMs, createdAtMs }: GameRecord): SeedView {
  const moves = plies.map(({ cell }) => cell)
  const player = (one: RecordPlayer) => ({ id: 'userId' in one ? one.userId : BOT, name: '', rating: null })
  return seedView(gameId, {
    ...ending,
    mode,
    turnMs,
    createdAtMs,
    players: [player(players[0]), player(players[1])],
    version: plies.length + 2,
    moves,
    movedAtMs: plies.map(({ atMs }) => atMs),
    line: ending.reason === 'line' ? winnerLine(moves) : null,
    deadlineMs: null,
    offer: null,
  })
}

const verdictOf = ({ place }: RecordFault): string => (place === 'key' ? 'UNKNOWN' : 'TAMPERED')

const textOf = (fault: RecordFault): string =>
  `${fault.place === 'ply' ? `ply ${fault.ply}` : fault.place}: ${fault.why}`

if (import.meta.main) {
  const { line, exitCode } = await verifyFile(process.argv.slice(2))
  process.stdout.write(`${line}\n`)
  process.exitCode = exitCode
}
