import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { BotLevel, EndReason, Mode, Player, Room } from '../../game/room.ts'
import { marksOf, type Seat, winnerLine } from '../../game/rules.ts'
import { assert } from '../../kit/assert.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { hex } from '../../protocol/record/chain.ts'
import { type EndStatus, type RecordPlayer, SIGNED_RECORD_SCHEMA } from '../../protocol/record/types.ts'
import type { FinishedGame } from '../finished-game.ts'
import type { SignedGame, StoredGame } from '../game-store.ts'

export type Item = Record<string, AttributeValue>

/** Version of the attributes below. */
const ITEM_SCHEMA = 1
const HASH_BYTES = 32
const SIDES = ['X', 'O'] as const

export const keyOf = ({ gameId, room }: FinishedGame): Item => ({
  gameId: { S: gameId },
  createdAt: { N: `${room.createdAtMs}` },
})

/**
 * A game as one item, some 1.5 kB. What a record says of the game stands in the attributes once; `record` holds its hashes alone, so
 * that a changed attribute no longer fits them.
 */
export function itemOf(game: SignedGame): Item {
  const { room, match, signature } = game
  const item: Item = {
    ...keyOf(game),
    schema: { N: `${ITEM_SCHEMA}` },
    mode: { S: room.mode },
    turnMs: { N: `${room.turnMs}` },
    version: { N: `${room.version}` },
    moves: { L: room.moves.map(number) },
    times: { L: room.movedAtMs.map((atMs) => number(atMs - room.createdAtMs)) },
    board: { S: boardText(room.moves) },
    status: { S: room.status },
    reason: { S: room.reason! },
    endedAt: number(room.endedAtMs),
    record: { B: hashesOf(game) },
    keyId: { S: signature.keyId },
    signature: { B: Buffer.from(signature.signature, 'base64url') },
  }
  room.players.forEach(({ id, name, rating, botLevel }, seat) => {
    const side = SIDES[seat as Seat]
    item[`name${side}`] = { S: name }
    if (rating !== null) item[`rating${side}`] = number(rating)
    if (botLevel === undefined) item[`player${side}`] = { S: id }
    else {
      // No key of an index: all games against one bot would be one partition, which takes a thousand writes a second.
      item[`botId${side}`] = { S: id }
      item[`bot${side}`] = number(botLevel)
    }
  })
  if (room.winner !== null) item.winner = { S: SIDES[room.winner] }
  if (match !== null) {
    const { waitedMs, width, distance } = match
    const widest = width === null ? {} : { width: number(width) }
    item.match = { M: { waitedMs: { L: waitedMs.map(number) }, distance: number(distance), ...widest } }
  }
  return item
}

/** Every hash of the record in order, 32 bytes each: the header's, the plies', the last. */
export function hashesOf({ record }: SignedGame): Uint8Array {
  const { headerHash, plies, hash } = record
  const hashes = Buffer.allocUnsafe(HASH_BYTES * (plies.length + 2))
  let at = hashes.write(headerHash, 'hex')
  for (const ply of plies) at += hashes.write(ply.hash, at, 'hex')
  at += hashes.write(hash, at, 'hex')
  assert(at === hashes.length, 'a record whose hashes have another length')
  return hashes
}

/** An item of the table or of one of its indexes, without its proof. @throws Error when it is none of ours */
export function gameOfItem(item: Item): FinishedGame {
  const schema = numberIn(item, 'schema')
  assert(schema === ITEM_SCHEMA, `a game item of schema ${schema}`)
  const createdAtMs = numberIn(item, 'createdAt')
  const moves = numbersIn(item, 'moves')
  const reason = textIn(item, 'reason') as EndReason
  const winner = item.winner === undefined ? null : (SIDES.indexOf(textIn(item, 'winner') as 'X' | 'O') as Seat)
  const room: Room & { endedAtMs: number } = {
    mode: textIn(item, 'mode') as Mode,
    players: [playerIn(item, 'X'), playerIn(item, 'O')],
    turnMs: numberIn(item, 'turnMs'),
    createdAtMs,
    version: numberIn(item, 'version'),
    moves,
    movedAtMs: numbersIn(item, 'times').map((offsetMs) => createdAtMs + offsetMs),
    status: textIn(item, 'status') as EndStatus,
    reason,
    winner,
    line: reason === 'line' ? winnerLine(moves) : null,
    deadlineMs: null,
    endedAtMs: numberIn(item, 'endedAt'),
    offer: null,
  }
  return { gameId: textIn(item, 'gameId') as GameId, room, match: matchIn(item) }
}

/** A whole item. @throws Error when it is none of ours */
export function storedGameOf(item: Item): StoredGame {
  const game = gameOfItem(item)
  const { room, gameId } = game
  const hashes = item.record?.B
  const signature = item.signature?.B
  assert(hashes?.length === HASH_BYTES * (room.moves.length + 2) && signature, `game item ${gameId} without its proof`)
  const hashAt = (at: number) => hex(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
  const { mode, createdAtMs, turnMs, winner, endedAtMs } = room
  return {
    ...game,
    record: {
      schema: SIGNED_RECORD_SCHEMA,
      gameId,
      mode,
      players: [recordPlayer(room.players[0]), recordPlayer(room.players[1])],
      createdAtMs,
      turnMs,
      headerHash: hashAt(0),
      plies: room.moves.map((cell, ply) => ({ cell, atMs: room.movedAtMs[ply]!, hash: hashAt(ply + 1) })),
      ending: { status: room.status as EndStatus, reason: room.reason!, winner, endedAtMs },
      hash: hashAt(room.moves.length + 1),
    },
    signature: { keyId: textIn(item, 'keyId'), signature: Buffer.from(signature).toString('base64url') },
  }
}

function playerIn(item: Item, side: 'X' | 'O'): Player {
  const isBot = item[`bot${side}`] !== undefined
  const player = {
    id: textIn(item, isBot ? `botId${side}` : `player${side}`) as UserId,
    name: textIn(item, `name${side}`),
    rating: item[`rating${side}`] === undefined ? null : numberIn(item, `rating${side}`),
  }
  return isBot ? { ...player, botLevel: numberIn(item, `bot${side}`) as BotLevel } : player
}

const recordPlayer = ({ id, botLevel }: Player): RecordPlayer =>
  botLevel === undefined ? { userId: id } : { bot: botLevel }

function matchIn(item: Item): FinishedGame['match'] {
  const match = item.match?.M
  if (match === undefined) return null
  const [x, o] = numbersIn(match, 'waitedMs')
  const width = match.width === undefined ? null : numberIn(match, 'width')
  return { waitedMs: [x!, o!], width, distance: numberIn(match, 'distance') }
}

/** Nine letters, row by row: X, O, or _ for a free cell. */
const boardText = (moves: readonly number[]): string =>
  marksOf(moves)
    .map((mark) => '_XO'[mark])
    .join('')

const number = (value: number): AttributeValue => ({ N: `${value}` })

function textIn(item: Item, name: string): string {
  const text = item[name]?.S
  assert(text !== undefined, `a game item without ${name}`)
  return text
}

function numberIn(item: Item, name: string): number {
  const text = item[name]?.N
  assert(text !== undefined, `a game item without ${name}`)
  return Number(text)
}

function numbersIn(item: Item, name: string): number[] {
  const list = item[name]?.L
  assert(list !== undefined, `a game item without ${name}`)
  return list.map(({ N }) => Number(N))
}
