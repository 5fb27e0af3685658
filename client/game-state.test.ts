import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GameView, ServerMessage } from '../protocol/messages.ts'
import { boardCode, cellsOf } from './board.ts'
import {
  applyMessage,
  type GameMessage,
  type GameState,
  snapshotPromised,
  type Tracked,
  untracked,
} from './game-state.ts'
import { g1, state, view } from './test-harness.ts'

type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: Type }>

const fold = (messages: readonly GameMessage[], from: Tracked = untracked): Tracked =>
  messages.reduce((tracked, message) => applyMessage(tracked, message).tracked, from)
const held = (...messages: readonly ServerMessage[]): Tracked => fold(messages as GameMessage[])

const movedAt = (moves: readonly number[], deadline: number | null = 5): Message<'moved'> => ({
  type: 'moved',
  gameId: g1,
  version: moves.length + 1,
  ply: moves.length - 1,
  cell: moves.at(-1)!,
  board: boardCode(moves),
  deadline,
})
const resigned = (version: number, winner: 0 | 1): Message<'ended'> => ({
  type: 'ended',
  gameId: g1,
  version,
  status: 'forfeited',
  reason: 'resign',
  winner,
  line: null,
})
const undone = (version: number): Message<'undone'> => ({ type: 'undone', gameId: g1, version })

describe('the view of a game', () => {
  test('[P3] the next move is applied: marks, turn, deadline and version follow', () => {
    const { tracked, resync } = applyMessage(held(state(g1, [4])), movedAt([4, 0], 77))
    expect(resync).toBe(false)
    expect(tracked.state).toMatchObject({ version: 3, moves: [4, 0], turn: 0, deadline: 77 })
    expect(tracked.state?.cells).toEqual([1, null, null, null, 0, null, null, null, null])
  })

  test('[P3] a gap asks for a resync and changes nothing', () => {
    const before = held(state(g1, [4]))
    const { tracked, resync } = applyMessage(before, movedAt([4, 0, 1]))
    expect(resync).toBe(true)
    expect(tracked.state).toBe(before.state)
  })

  test('[P3] a board that differs from ours asks for a resync and changes nothing', () => {
    const before = held(state(g1, [4]))
    for (const wrong of [{ board: 1 }, { ply: 0 }, { cell: 4 }, { version: 9 }, movedAt([4, 4])]) {
      const { tracked, resync } = applyMessage(before, { ...movedAt([4, 0]), ...wrong })
      expect(resync, JSON.stringify(wrong)).toBe(true)
      expect(tracked.state).toBe(before.state)
    }
  })

  test('[P3] older messages are dropped; older ones of another history ask for a resync', () => {
    const before = held(state(g1, [4, 0, 1]))
    expect(applyMessage(before, movedAt([4]))).toEqual({ tracked: before, resync: false })
    expect(applyMessage(before, movedAt([4, 0]))).toEqual({ tracked: before, resync: false })
    expect(applyMessage(before, movedAt([4, 8]))).toEqual({ tracked: before, resync: true })
    expect(applyMessage(before, resigned(2, 0))).toEqual({ tracked: before, resync: true })
    expect(applyMessage(before, state(g1, [4]) as GameMessage)).toEqual({ tracked: before, resync: false })
  })

  test('[P3] nothing goes on after the end', () => {
    const over = held(state(g1, [4]), resigned(3, 0))
    expect(over.state).toMatchObject({
      version: 3,
      status: 'forfeited',
      reason: 'resign',
      winner: 0,
      turn: null,
      deadline: null,
    })
    expect(applyMessage(over, resigned(3, 0))).toEqual({ tracked: over, resync: false })
    expect(applyMessage(over, resigned(3, 1)).resync).toBe(true)
    expect(applyMessage(over, resigned(4, 0)).resync).toBe(true)
    expect(applyMessage(over, { ...movedAt([4, 0]), version: 4 }).resync).toBe(true)
  })

  test('[P3] a STATE of the same version replaces ours: a deadline moved', () => {
    const later = applyMessage(held(state(g1, [4])), state(g1, [4], { deadline: 99 }) as GameMessage)
    expect(later.tracked.state?.deadline).toBe(99)
  })

  test('[P3] a lower STATE holds only when our WATCH was answered, and only once', () => {
    const ahead = held(state(g1, [4, 0, 1]))
    const fallen = applyMessage(snapshotPromised(ahead), state(g1, [4]) as GameMessage).tracked
    expect(fallen.state).toMatchObject({ version: 2, moves: [4] })
    expect(applyMessage(fallen, state(g1) as GameMessage).tracked.state?.version).toBe(2)
  })

  test('[P1] UNDONE takes back what the store lost: moves, end and rating', () => {
    const over = held(state(g1, [4, 0, 1]), resigned(5, 0), {
      type: 'rated',
      gameId: g1,
      ratings: [
        [1, 2],
        [2, 1],
      ],
    })
    const open = { status: 'active', reason: null, winner: null, ratings: null, deadline: null }
    expect(fold([undone(4)], over).state).toMatchObject({ version: 4, moves: [4, 0, 1], turn: 1, ...open })
    expect(fold([undone(2)], over).state).toMatchObject({ version: 2, moves: [4], turn: 1, ...open })
    expect(fold([undone(9)], over).state).toBe(over.state)
    expect(fold([undone(2), state(g1, [5]) as GameMessage], over).state).toMatchObject({ version: 2, moves: [5] })
  })

  test('[P1] UNDONE of version 0 takes everything back and asks whether the game is still there', () => {
    const { tracked, resync } = applyMessage(held(state(g1, [4, 0])), undone(0))
    expect(resync).toBe(true)
    expect(tracked.state).toMatchObject({ version: 0, moves: [], turn: 0 })
    expect(applyMessage(held(state(g1, [4, 0])), undone(1)).resync).toBe(false)
  })

  test('presence, offer, ratings and watchers show; quick chat changes nothing', () => {
    const before = held(state(g1, [4]), resigned(3, 1))
    const after = fold(
      [
        { type: 'presence', gameId: g1, seat: 1, connected: false },
        { type: 'presence', gameId: g1, seat: 0, connected: false },
        { type: 'offer', gameId: g1, seat: 1 },
        {
          type: 'rated',
          gameId: g1,
          ratings: [
            [1500, 1490],
            [1400, 1410],
          ],
        },
        { type: 'watchers', gameId: g1, count: 3 },
      ],
      before,
    )
    expect(after.state?.players.map(({ connected }) => connected)).toEqual([false, false])
    expect(after.state).toMatchObject({
      offer: 1,
      watchers: 3,
      ratings: [
        [1500, 1490],
        [1400, 1410],
      ],
    })
    expect(applyMessage(after, { type: 'said', gameId: g1, seat: 0, phrase: 1 }).tracked).toBe(after)
    expect(fold([state(g1, [4], { status: 'forfeited' }) as GameMessage], after).state).toMatchObject({
      offer: 1,
      watchers: 3,
    })
  })

  test('[P3] events of a game that we hold no state of ask for it; best-effort ones do not', () => {
    expect(applyMessage(untracked, movedAt([4])).resync).toBe(true)
    expect(applyMessage(untracked, resigned(2, 0)).resync).toBe(true)
    expect(applyMessage(untracked, { type: 'offer', gameId: g1, seat: 0 })).toEqual({
      tracked: untracked,
      resync: false,
    })
  })
})

/** A server's history of one game: what it showed at each version, and the event that led there. */
interface History {
  readonly views: readonly GameView[]
  readonly events: readonly GameMessage[]
}
const histories = fc
  .record({
    cells: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8]),
    quits: fc.boolean(),
    winner: fc.constantFrom(0, 1),
  })
  .map(({ cells, quits, winner }): History => {
    const views = [view([], { deadline: 5 })]
    const events: GameMessage[] = []
    for (let n = 1; n <= cells.length; n++) {
      const moves = cells.slice(0, n)
      const deadline = n === 9 ? null : 5 + n
      views.push(view(moves, { deadline, ...(n === 9 ? { turn: null } : {}) }))
      events.push(movedAt(moves, deadline))
    }
    if (quits || cells.length === 9) {
      const ended = resigned(views.length + 1, winner as 0 | 1)
      const { status, reason, winner: won, line } = ended
      views.push({ ...views.at(-1)!, status, reason, winner: won, line, turn: null, deadline: null })
      events.push(ended)
    }
    return { views, events }
  })

const snapshot = ({ views }: History, version: number): GameMessage => ({
  type: 'state',
  gameId: g1,
  version,
  game: views[version - 1]!,
})
const asView = (shown: GameState | null): GameView | null => {
  if (shown === null) return null
  const { gameId: _, version: __, cells, offer: ___, ratings: ____, watchers: _____, ...rest } = shown
  expect(cells).toEqual(cellsOf(shown.moves))
  return rest
}

describe('whatever the network does', () => {
  test('[P3] in order and complete, every event is applied and no resync is asked for', () => {
    fc.assert(
      fc.property(histories, (history) => {
        let tracked = applyMessage(untracked, snapshot(history, 1)).tracked
        history.events.forEach((event, index) => {
          const applied = applyMessage(tracked, event)
          tracked = applied.tracked
          expect(applied.resync).toBe(false)
          expect(asView(tracked.state)).toEqual(history.views[index + 1])
        })
      }),
    )
  })

  test('[P3] lost, repeated and reordered frames: never a state that the server did not show, equal after a resync', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 40 }), (history, deliveries) => {
        let tracked = untracked
        let newest = 0
        let asked = false
        const deliver = (message: GameMessage) => {
          const applied = applyMessage(tracked, message)
          tracked = applied.tracked
          asked ||= applied.resync
          if (tracked.state !== null) expect(asView(tracked.state)).toEqual(history.views[tracked.state.version - 1])
        }
        for (const [pick, isState] of deliveries) {
          const version = 1 + (pick % history.views.length)
          newest = Math.max(newest, version)
          const event = history.events[version - 2]
          deliver(isState || event === undefined ? snapshot(history, version) : event)
          // Either we hold the newest that was shown to us, or we know that we do not.
          expect(asked || tracked.state?.version === newest).toBe(true)
          if (asked && pick % 3 === 0) {
            asked = false
            tracked = snapshotPromised(tracked)
            deliver(snapshot(history, newest))
            expect(tracked.state?.version).toBe(newest)
          }
        }
        tracked = snapshotPromised(tracked)
        deliver(snapshot(history, history.views.length))
        expect(asView(tracked.state)).toEqual(history.views.at(-1))
      }),
    )
  })

  test('[P1] after UNDONE the view follows the new history, and lost frames of it are noticed', () => {
    fc.assert(
      fc.property(
        histories,
        histories,
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        (old, fresh, at, arrives) => {
          const version = 1 + (at % Math.min(old.views.length, fresh.views.length))
          let tracked = fold([snapshot(old, 1), ...old.events])
          let asked = false
          const after = [undone(version), snapshot(fresh, version), ...fresh.events.slice(version - 1)]
          after.forEach((message, index) => {
            // The end of what is sent always arrives: loss shows with the next frame, and the next frame may take long.
            if (!arrives[index % 12] && index < after.length - 1) return
            const applied = applyMessage(tracked, message)
            tracked = applied.tracked
            asked ||= applied.resync
          })
          if (arrives[0] && arrives[1] && !asked) expect(asView(tracked.state)).toEqual(fresh.views.at(-1))
          tracked = applyMessage(snapshotPromised(tracked), snapshot(fresh, fresh.views.length)).tracked
          expect(asView(tracked.state)).toEqual(fresh.views.at(-1))
        },
      ),
    )
  })
})
