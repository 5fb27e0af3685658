import { expect, test } from 'vitest'
import { decide, evolve, openRoom, type Room } from '../../game/room.ts'
import { boardCode } from '../../game/rules.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { decodeServer } from '../../protocol/codec.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { createMetrics } from '../metrics.ts'
import type { Snapshot } from '../room/hosted.ts'
import { type Connection, createOutbox } from './connection.ts'
import { createFanout } from './fanout.ts'
import { frameLimiter } from './frame-limiter.ts'

const gameId = '0000000a-1111-8222-8333-444455556666' as GameId
const player = (id: string) => ({ id: id as UserId, name: id, rating: null })
const opening = openRoom({ mode: 'casual', players: [player('ana'), player('bo')], turnMs: 30_000 }, 1_000)

function after(...cells: number[]): Room {
  let room = opening
  for (const [ply, cell] of cells.entries()) {
    const decided = decide(room, { type: 'move', seat: ply % 2 === 0 ? 0 : 1, ply, cell }, 1_000)
    if (decided.ok) room = decided.value.reduce(evolve, room)
  }
  return room
}
const seen = (room: Room, epoch: number): Snapshot => ({ gameId, room, match: null, epoch, connected: [true, true] })

/** A socket that watches the game after X in 4, as the owner of epoch 2 has shown it. */
function watching() {
  const clock = virtualClock()
  const frames: string[] = []
  const outbox = createOutbox(clock, createMetrics())
  const undone: number[] = []
  const gaps: GameId[] = []
  const noted = { left: () => {}, ended: () => {}, gap: (of: GameId) => gaps.push(of) }
  const fanout = createFanout('n1', outbox, { ...noted, undone: (_, version) => undone.push(version) })
  const send = (frame: Uint8Array) => {
    const decoded = decodeServer(frame)
    if (decoded.ok && decoded.value !== null && 'version' in decoded.value)
      frames.push(`${decoded.value.type} ${decoded.value.version}`)
    else if (decoded.ok && decoded.value?.type === 'rated') frames.push(`rated ${decoded.value.ratings}`)
    return true
  }
  const connection: Connection = {
    id: 1,
    userId: 'ana' as UserId,
    socket: { send, cork: (run) => run(), ping() {}, end() {} },
    limiter: frameLimiter(0),
    address: '',
    identity: { userId: 'ana' as UserId, name: 'ana', sessionId: 's', region: 'r', expiresAtMs: 1 },
    unsent: null,
    lastUnsent: null,
    nextToSend: null,
    watching: [],
    open: 0,
    lastFrameMs: 0,
    lastPongMs: 0,
    lastPingMs: 0,
    closed: false,
  }
  fanout.join(connection, seen(after(4), 2))
  const told = (): string[] => {
    outbox.flush()
    return frames.splice(0)
  }
  return { fanout, told, undone, gaps, connection }
}

test('[P3] late words of the owner, or of an older one, take nothing back', () => {
  const { fanout, told, undone } = watching()
  fanout.catchUp(seen(opening, 2))
  fanout.catchUp(seen(after(0), 1))
  expect(told()).toEqual([])
  expect(undone).toEqual([])
  expect(fanout.isStale(seen(opening, 2))).toBe(true)
  expect(fanout.isStale(seen(after(4, 0), 2))).toBe(false)
})

test('[P1] a newer owner that knows less says so: UNDONE, then STATE', () => {
  const { fanout, told, undone } = watching()
  fanout.catchUp(seen(opening, 3))
  expect(told()).toEqual(['undone 1', 'state 1'])
  expect(undone).toEqual([1])
})

test('[P1] a newer owner of another history says so as well', () => {
  const { fanout, told } = watching()
  fanout.catchUp(seen(after(0, 8), 3))
  expect(told()).toEqual(['undone 3', 'state 3'])
})

test('[P1] to whoever comes to watch as well, also when the versions are the same', () => {
  const { fanout, told, connection } = watching()
  fanout.join(connection, seen(after(0), 3))
  expect(told()).toEqual(['undone 2', 'state 2'])
})

test('[P1] an end that was shown and is none any more is undone', () => {
  const { fanout, told } = watching()
  fanout.subscriber.event(ENDED)
  fanout.catchUp(seen(after(4, 0, 8), 3))
  expect(told()).toEqual(['ended 3', 'undone 4', 'state 4'])
  fanout.catchUp(seen(after(4, 0, 8, 1), 3))
  expect(told()).toEqual(['state 5'])
})

test('[P3] news of a newer owner is shown as it is', () => {
  const { fanout, told } = watching()
  fanout.catchUp(seen(after(4, 0), 3))
  expect(told()).toEqual(['state 3'])
})

test('[P1] a move on another board than the one that was shown is no news: the game is asked for anew', () => {
  const { fanout, told, gaps } = watching()
  const moved = { type: 'moved', gameId, version: 3, ply: 1, cell: 0, deadline: null } as const
  fanout.subscriber.event({ ...moved, board: boardCode([8, 0]) })
  fanout.subscriber.event({ ...moved, ply: 2, board: boardCode([4, 8, 0]) })
  expect([told(), gaps]).toEqual([[], [gameId, gameId]])
  fanout.subscriber.event({ ...moved, board: boardCode([4, 0]) })
  expect([told(), gaps.length]).toEqual([['moved 3'], 2])
})

const ENDED = {
  type: 'ended',
  gameId,
  version: 3,
  status: 'forfeited',
  reason: 'resign',
  winner: 0,
  line: null,
} as const

test('RATED comes after ENDED, also when it was here first, and to nobody who does not watch', () => {
  const { fanout, told } = watching()
  const ratings = [
    [1500, 1516],
    [1500, 1484],
  ] as const
  fanout.rated(gameId, ratings)
  fanout.rated('0000000b-1111-8222-8333-444455556666' as GameId, ratings)
  expect(told()).toEqual([])
  fanout.subscriber.event(ENDED)
  expect(told()).toEqual(['ended 3', 'rated 1500,1516,1500,1484'])
  fanout.rated(gameId, ratings)
  expect(told()).toEqual(['rated 1500,1516,1500,1484'])
})
