import { err, ok, type Result } from '../kit/result.ts'
import { type Refusal, refusal } from '../protocol/errors.ts'
import type { UserId } from '../protocol/ids.ts'
import type { AskRoom } from './gateway/room-requests.ts'
import { refusalOf } from './gateway/room-requests.ts'
import type { GameSnapshot, GamesService } from './http/games-service.ts'
import type { Lobby } from './lobby/lobby.ts'
import type { Snapshot } from './room/hosted.ts'
import type { RoomRequest } from './room/requests.ts'

const NOBODY = '' as UserId

/** What REST asks, on the same paths that sockets take. */
export function createGames(lobby: Lobby, ask: AskRoom, closedFor: () => Refusal | null): GamesService {
  const asked = (request: RoomRequest) =>
    new Promise<Result<Snapshot | null, Refusal>>((resolve) => {
      ask(request, (answer) => {
        if (answer.type === 'ok') resolve(ok(null))
        else resolve(answer.type === 'snapshot' ? ok(answer.snapshot) : err(refusalOf(answer)))
      })
    })

  const game = async (gameId: string): Promise<Result<GameSnapshot, Refusal>> => {
    const read = await asked({ type: 'read', gameId, userId: NOBODY })
    if (!read.ok) return read
    return read.value === null ? err(refusal('NOT_FOUND', 'no such game')) : ok(read.value)
  }

  /** Does it, then shows the game as it is afterwards. */
  const change = async (request: RoomRequest): Promise<Result<GameSnapshot, Refusal>> => {
    const done = await asked(request)
    return done.ok ? game(request.gameId) : done
  }

  return {
    game,
    createBotGame: async (user, level, key) => {
      const closed = closedFor()
      return closed ? err(closed) : lobby.playBot(user, level, key)
    },
    invite: async (user) => {
      const closed = closedFor()
      return closed ? err(closed) : lobby.invite(user)
    },
    accept: async (user, code) => {
      const closed = closedFor()
      return closed ? err(closed) : lobby.accept(user, code)
    },
    move: ({ userId }, gameId, ply, cell) => change({ type: 'move', gameId, userId, ply, cell }),
    resign: ({ userId }, gameId) => change({ type: 'resign', gameId, userId }),
    games: async (userId) => await lobby.gamesOf(userId),
  }
}
