import { expect, test } from 'vitest'
import { systemClock } from '../kit/clock.ts'
import { decodeClient, encodeServer } from '../protocol/codec.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { GameView, ServerMessage } from '../protocol/messages.ts'
import { MASK, SHORT_HEADER_BYTES } from './frames.ts'
import { onFrame, sendMove, watch } from './player.ts'
import { drawnGame } from './script.ts'
import { type Game, newPlayer, newTally, type Player, type Table } from './table.ts'

const gameId = '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05' as GameId
const [first, second] = drawnGame.cells as [number, number]

/** Two players at one table; `sent` holds what they told the server. */
function seated(verify = false) {
  const sent: unknown[] = []
  const ready: Game[] = []
  const over: Game[] = []
  const lost: Player[] = []
  const table: Table = {
    clock: systemClock,
    tally: newTally(),
    games: new Map(),
    verify,
    script: () => drawnGame,
    onReady: (game) => ready.push(game),
    onOpened() {},
    onOver: (game) => over.push(game),
    onWelcome() {},
    onLost: (player) => lost.push(player),
    onRare() {},
  }
  const players = [0, 1].map((index): Player => ({ ...newPlayer(index, 0x1_0000), socket: recorder(sent) }))
  const hear = (player: number, message: ServerMessage): void => {
    const bytes = Buffer.from(encodeServer(message))
    onFrame(table, players[player]!, bytes, 0, bytes.length)
  }
  const state = (you: 0 | 1, moves: readonly number[] = [], status: GameView['status'] = 'active'): ServerMessage => ({
    type: 'state',
    gameId,
    version: 1 + moves.length + (status === 'active' ? 0 : 1),
    game: view(you, moves, status),
  })
  hear(0, state(0))
  hear(1, state(1))
  return { table, players, sent, ready, over, lost, hear, state, game: table.games.get(gameId)! }
}

const recorder = (sent: unknown[]) => ({
  send(frame: Buffer): void {
    const message = decodeClient(frame.subarray(SHORT_HEADER_BYTES).map((byte, i) => byte ^ MASK[i & 3]!))
    sent.push(message.ok ? message.value : message.error)
  },
  end() {},
  destroy() {},
})

const player = (id: string) => ({ id: id as UserId, name: id, rating: null, connected: true })
const view = (you: 0 | 1, moves: readonly number[], status: GameView['status']): GameView => ({
  mode: 'casual',
  players: [player('a'), player('b')],
  moves,
  turn: status === 'active' ? ((moves.length % 2) as 0 | 1) : null,
  status,
  reason: status === 'active' ? null : 'board_full',
  winner: null,
  line: null,
  deadline: null,
  createdAt: 0,
  you,
})
const moved = (ply: number, changes: { version?: number; board?: number } = {}): ServerMessage => ({
  type: 'moved',
  gameId,
  version: ply + 2,
  ply,
  cell: drawnGame.cells[ply]!,
  board: drawnGame.boards[ply]!,
  deadline: 1_700_000_000_000,
  ...changes,
})
const errors = ({ table }: { table: Table }) => Object.fromEntries(table.tally.errors)

test('[loadtest] the opening at both seats makes the first mover ready, OK and MOVED are counted once each', () => {
  const seat = seated()
  expect(seat.ready).toEqual([seat.game])
  sendMove(seat.game, 0)
  expect(seat.sent).toEqual([{ type: 'move', rid: 0x1_0000, gameId, ply: 0, cell: first }])
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  seat.hear(0, moved(0))
  seat.hear(1, moved(0))
  const { tally } = seat.table
  expect([tally.moves, tally.okUs.count(), tally.movedUs.count(), seat.ready.length]).toEqual([1, 1, 1, 2])
  sendMove(seat.game, 0)
  expect(seat.sent[1]).toMatchObject({ ply: 1, cell: second })
  expect(errors(seat)).toEqual({})
})

test('[P3] a version gap and a board that is not ours are counted, and answered by WATCH', () => {
  for (const wrong of [moved(0, { version: 3 }), moved(0, { board: 1 }), moved(1)]) {
    const seat = seated()
    seat.hear(1, wrong)
    expect(errors(seat)).toEqual({ gap: 1 })
    expect(seat.sent).toMatchObject([{ type: 'watch', gameId }])
  }
})

test('[P1] an acknowledged move that a later STATE lacks is a lost one, counted once', () => {
  const seat = seated()
  sendMove(seat.game, 0)
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  const [mover, other] = seat.players as [Player, Player]
  seat.hear(0, seat.state(0, [first]))
  expect(seat.table.tally.lostAcks).toBe(0)
  watch(other, seat.game)
  seat.hear(1, { type: 'ok', rid: other.watchRid })
  seat.hear(1, seat.state(1))
  seat.hear(0, seat.state(0))
  expect(seat.table.tally).toMatchObject({ lostAcks: 1, losses: [{ gameId, acked: 1, kept: 0 }] })
  expect(mover.owed).toBe(1)
})

test('[loadtest] a STATE computed before another socket had its OK has lost nothing', () => {
  const seat = seated()
  sendMove(seat.game, 0)
  const other = seat.players[1]!
  watch(other, seat.game)
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  watch(other, seat.game)
  seat.hear(1, { type: 'ok', rid: other.watchRid - 1 })
  seat.hear(1, seat.state(1))
  expect(seat.table.tally.lostAcks).toBe(0)
  seat.hear(1, { type: 'ok', rid: other.watchRid })
  seat.hear(1, seat.state(1))
  expect(seat.table.tally.lostAcks).toBe(1)
})

test('[loadtest] a STATE that another socket has overtaken takes nothing back, and no MOVE goes twice', () => {
  const seat = seated()
  sendMove(seat.game, 0)
  seat.hear(0, seat.state(0))
  expect(seat.ready).toHaveLength(1)
  seat.hear(1, moved(0))
  seat.hear(0, seat.state(0))
  expect(seat.game).toMatchObject({ ply: 1, ready: true })
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  expect(seat.table.tally.moves).toBe(1)
})

test('[P1] a game that the server has forgotten takes its acknowledged moves with it', () => {
  const seat = seated()
  sendMove(seat.game, 0)
  seat.hear(0, { type: 'ok', rid: 0x1_0000 })
  for (const [index, player] of seat.players.entries()) {
    watch(player, seat.game)
    seat.hear(index, { type: 'error', rid: player.watchRid - 1, code: 'NOT_FOUND', message: 'of another request' })
    expect(seat.lost.length).toBe(index)
    seat.hear(index, { type: 'error', rid: player.watchRid, code: 'NOT_FOUND', message: 'no such game' })
  }
  expect(seat.lost).toEqual(seat.players)
  expect(seat.table.tally).toMatchObject({ lostAcks: 1, losses: [{ gameId, acked: 1, kept: null }] })
})

test('[loadtest] with verify a finished game is watched before the next one', () => {
  const seat = seated(true)
  seat.hear(1, { type: 'ended', gameId, version: 2, status: 'forfeited', reason: 'resign', winner: 0, line: null })
  expect([seat.over.length, seat.sent]).toMatchObject([0, [{ type: 'watch', gameId }]])
  seat.hear(0, seat.state(0, [], 'forfeited'))
  expect(seat.over).toEqual([seat.game])
  expect(seat.table.tally.games).toBe(1)
})
