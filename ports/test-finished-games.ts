import { decide, evolve, type Mode, openRoom, type Player, type Room } from '../game/room.ts'
import { seatOfPly } from '../game/rules.ts'
import { seededRandom } from '../kit/random.ts'
import { type GameId, gameIdOf, type UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'
import type { SignedGame } from './game-store.ts'
import { memorySigner } from './memory/signer.ts'
import { signGame } from './sign-games.ts'
import type { Signer } from './signer.ts'

export const BEGIN_MS = Date.UTC(2026, 0, 31, 12)

export interface GameWish {
  readonly gameId?: GameId
  readonly players?: readonly [string, string]
  readonly mode?: Mode
  readonly moves?: readonly number[]
  readonly createdAtMs?: number
}

const random = seededRandom(20260131)
const signer = memorySigner()
export const newGameId = (): GameId => gameIdOf(7, random)

/** A game played by the rules, a move a second. X wins in the first row unless other moves are given; who is to move then resigns. */
export function finishedGameOf(wish: GameWish): FinishedGame {
  const { players = ['ana', 'ben'], mode = 'casual', moves = [0, 3, 1, 4, 2], createdAtMs = BEGIN_MS } = wish
  const [x, o] = [playerOf(players[0]), playerOf(players[1])]
  let room = openRoom({ mode, players: [x, o], turnMs: 30_000 }, createdAtMs)
  for (const [ply, cell] of moves.entries()) {
    room = play(room, { type: 'move', seat: seatOfPly(ply), ply, cell }, createdAtMs + 1_000 * (ply + 1))
  }
  if (room.status === 'active') {
    const seat = seatOfPly(moves.length)
    room = play(room, { type: 'resign', seat }, createdAtMs + 1_000 * (moves.length + 1))
  }
  const match = mode === 'casual' ? { waitedMs: [1_200, 300] as const, width: null, distance: 12.5 } : null
  return { gameId: wish.gameId ?? newGameId(), room: { ...room, endedAtMs: room.endedAtMs! }, match }
}

export async function signedGameOf(wish: GameWish, by: Signer = signer): Promise<SignedGame> {
  const signed = await signGame(finishedGameOf(wish), by)
  if (!signed.ok) throw new Error(signed.error)
  return signed.value
}

function play(room: Room, command: Parameters<typeof decide>[1], nowMs: number): Room {
  const decided = decide(room, command, nowMs)
  if (!decided.ok) throw new Error(decided.error)
  return decided.value.reduce(evolve, room)
}

/** `bot-2` is the bot of level 2. */
function playerOf(id: string): Player {
  const player = { id: id as UserId, name: `Name of ${id}`, rating: null }
  if (!id.startsWith('bot-')) return { ...player, rating: 1500 }
  return { ...player, botLevel: Number(id.slice(4)) as 1 | 2 | 3 }
}
