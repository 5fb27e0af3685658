import { describe, expect, test } from 'vitest'
import type { GameId } from '../protocol/ids.ts'
import type { ServerMessage } from '../protocol/messages.ts'
import { boardCode } from './board.ts'
import type { OxoEvents } from './oxo.ts'
import { bert, g1, g2, settled, setUp, state } from './test-harness.ts'

const moved = (moves: readonly number[], gameId = g1): ServerMessage => ({
  type: 'moved',
  gameId,
  version: moves.length + 1,
  ply: moves.length - 1,
  cell: moves.at(-1)!,
  board: boardCode(moves),
  deadline: 9,
})
const game = (n: number) => `0a0a0a0a-0000-8000-8000-${String(n).padStart(12, '0')}` as GameId

describe('a game store', () => {
  test('follows a game that opens, unasked; the same object until something changes', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const store = oxo.game(g1)
    const seen: unknown[] = []
    const off = store.subscribe(() => seen.push(store.get()?.version))
    expect(store.get()).toBe(null)
    peer.push(state(g1), moved([4]), { type: 'said', gameId: g1, seat: 0, phrase: 1 }, moved([4, 0]), moved([4]))
    expect(seen).toEqual([1, 2, 3])
    expect(store.get()).toBe(store.get())
    expect(store.get()?.players[1].id).toBe(bert)
    off()
    off()
    peer.push(moved([4, 0, 1]))
    expect(seen).toHaveLength(3)
  })

  test('until waits for a state, or has it already', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const third = oxo.game(g1).until(({ version }) => version === 3)
    peer.push(state(g1), moved([4]), moved([4, 0]), moved([4, 0, 1]))
    expect((await third).moves).toEqual([4, 0])
    expect((await oxo.game(g1).until(() => true)).version).toBe(4)
    const broken = new Error('of the condition')
    await expect(
      oxo.game(g1).until(() => {
        throw broken
      }),
    ).rejects.toBe(broken)
  })

  test('until rejects when the client is closed', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    peer.push(state(g1))
    const never = oxo.game(g1).until(({ version }) => version === 3)
    oxo.close()
    await expect(never).rejects.toMatchObject({ code: 'CLOSED' })
    expect(oxo.game(g1).get()?.version).toBe(1)
  })

  test("a listener's error stops neither the other listeners nor the client", async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const uncaught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    try {
      const bad = new Error('of a listener')
      let heard = 0
      oxo.on('state', () => {
        throw bad
      })
      oxo.on('state', () => {
        heard += 1
      })
      peer.push(state(g1))
      await settled()
      expect([heard, uncaught]).toEqual([1, [bad]])
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    }
  })
})

describe('resync', () => {
  test('[P3] a gap sends WATCH once, and its STATE mends the view', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    peer.push(state(g1), moved([4, 0]), moved([4, 0, 1]))
    expect(peer.count('watch')).toBe(1)
    expect(peer.last('watch').gameId).toBe(g1)
    peer.ok('watch')
    peer.push(state(g1, [4, 0, 1]), moved([4, 0, 1, 2]))
    expect(oxo.game(g1).get()).toMatchObject({ version: 5, moves: [4, 0, 1, 2] })
    expect(peer.count('watch')).toBe(1)
    peer.push(moved([4, 0, 1, 2, 3, 5]))
    expect(peer.count('watch')).toBe(2)
  })

  test('[P3] a board that differs sends WATCH', async () => {
    const { online } = setUp()
    const peer = await online()
    peer.push(state(g1), { ...(moved([4]) as Extract<ServerMessage, { type: 'moved' }>), board: 7 })
    expect(peer.count('watch')).toBe(1)
  })

  test('[P3] STALE and GAME_OVER watch again, NOT_YOUR_TURN and INVALID_MOVE only if their board differs at our version', async () => {
    const refusals = [
      ['STALE', { version: 1, board: 0 }, 1],
      ['GAME_OVER', {}, 1],
      ['NOT_YOUR_TURN', { version: 1, board: 0 }, 0],
      ['NOT_YOUR_TURN', { version: 1, board: 81 }, 1],
      ['INVALID_MOVE', { version: 2, board: 81 }, 0],
      ['FORBIDDEN', {}, 0],
    ] as const
    for (const [code, details, watches] of refusals) {
      const { oxo, online } = setUp()
      const peer = await online()
      peer.push(state(g1))
      const done = oxo.move(g1, 4)
      await settled()
      peer.refuse('move', code, details)
      await expect(done).rejects.toMatchObject({ code })
      expect(peer.count('watch'), code).toBe(watches)
    }
  })

  test('a resync that is UNAVAILABLE or RATE_LIMITED is repeated until it works', async () => {
    const { oxo, online, clock } = setUp()
    const peer = await online()
    peer.push(state(g1), moved([4, 0]))
    for (const code of ['RATE_LIMITED', 'UNAVAILABLE', 'RATE_LIMITED'] as const) {
      peer.refuse('watch', code, { retryAfterMs: 1_000 })
      await clock.advance(4_000)
    }
    expect(peer.count('watch')).toBe(4)
    peer.ok('watch')
    peer.push(state(g1, [4, 0]))
    expect(oxo.game(g1).get()?.version).toBe(3)
  })
})

describe('after a reconnect', () => {
  test('[P5] every game of WELCOME and every game followed before is watched, each once', async () => {
    const { online, clock, peer } = setUp()
    const first = await online()
    first.push(state(g1), state(game(3)))
    first.close()
    await clock.advance(500)
    peer().welcome({ games: [g2, g1] })
    const watched = peer().received.flatMap((message) => (message.type === 'watch' ? [message.gameId] : []))
    expect(watched.sort()).toEqual([g1, g2, game(3)].sort())
  })

  test('[P1] a lower first STATE holds: the store lost what we saw', async () => {
    const { oxo, online, clock, peer } = setUp()
    const first = await online()
    first.push(state(g1, [4, 0, 1]))
    first.close()
    await clock.advance(500)
    peer().welcome()
    peer().ok('watch')
    peer().push(state(g1, [4]))
    expect(oxo.game(g1).get()).toMatchObject({ version: 2, moves: [4] })
  })

  test('a WATCH under way is not doubled', async () => {
    const { oxo, online, clock, peer } = setUp()
    const first = await online()
    const watched = oxo.watch(g1)
    expect(first.count('watch')).toBe(1)
    first.close()
    await clock.advance(500)
    peer().welcome({ games: [g1] })
    expect(peer().count('watch')).toBe(1)
    peer().ok('watch')
    peer().push(state(g1, [4]))
    expect((await watched).version).toBe(2)
  })

  test('a game that the server forgot is forgotten; a finished one stays in view and is not asked for again', async () => {
    const { oxo, online, clock, peer } = setUp()
    const first = await online()
    first.push(
      state(g1),
      state(g2, [4], { status: 'forfeited', reason: 'timeout', winner: 0, turn: null, deadline: null }),
    )
    const never = oxo.game(g1).until(({ version }) => version === 9)
    let changes = 0
    oxo.game(g1).subscribe(() => {
      changes += 1
    })
    const reconnect = async () => {
      peer().close()
      await clock.advance(1_000)
      peer().welcome()
    }
    await reconnect()
    expect(peer().count('watch')).toBe(2)
    for (const message of peer().received) {
      if (message.type === 'watch') peer().push({ type: 'error', rid: message.rid, code: 'NOT_FOUND', message: '' })
    }
    await expect(never).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect([oxo.game(g1).get(), changes]).toEqual([null, 1])
    expect(oxo.game(g2).get()?.status).toBe('forfeited')
    await reconnect()
    expect(peer().count('watch')).toBe(0)
  })
})

describe('watching', () => {
  test('gives the state that follows OK, even in the same turn', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const watched = oxo.watch(g1)
    peer.push({ type: 'ok', rid: peer.last('watch').rid }, state(g1, [4], { you: null }))
    expect(await watched).toMatchObject({ version: 2, you: null })
  })

  test('of an unknown game is NOT_FOUND', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const watched = oxo.watch(g1)
    peer.refuse('watch', 'NOT_FOUND')
    await expect(watched).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(oxo.game(g1).get()).toBe(null)
  })

  test('that takes longer than giveUpMs rejects, and goes on', async () => {
    const { oxo, online, clock, network } = setUp()
    let available = false
    network.onFrame = (from, { type }) => {
      if (type === 'watch' && !available) from.refuse('watch', 'UNAVAILABLE', { retryAfterMs: 5_000 })
      if (type === 'watch' && available) from.ok('watch')
    }
    const peer = await online()
    const watched = oxo.watch(g1)
    watched.catch(() => {})
    await clock.advance(60_000)
    await expect(watched).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    available = true
    await clock.advance(35_000)
    peer.push(state(g1))
    expect(oxo.game(g1).get()?.version).toBe(1)
  })

  test('rejects when the client is closed, before and after OK', async () => {
    for (const answered of [false, true]) {
      const { oxo, online } = setUp()
      const peer = await online()
      const watched = oxo.watch(g1)
      if (answered) peer.ok('watch')
      oxo.close()
      await expect(watched).rejects.toMatchObject({ code: 'CLOSED' })
    }
  })

  test('ends with UNWATCH: nothing is applied or watched again', async () => {
    const { oxo, online, clock, peer } = setUp()
    const first = await online()
    first.push(state(g1))
    const done = oxo.unwatch(g1)
    first.ok('unwatch')
    await done
    first.push(moved([4]))
    expect(oxo.game(g1).get()).toBe(null)
    expect(first.count('watch')).toBe(0)
    first.close()
    await clock.advance(500)
    peer().welcome()
    expect(peer().count('watch')).toBe(0)
  })

  test('a move in a game that we hold no state of watches it first', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const done = oxo.move(g1, 8)
    peer.ok('watch')
    peer.push(state(g1, [4, 0]))
    await settled()
    expect(peer.last('move')).toMatchObject({ ply: 2, cell: 8 })
    peer.ok('move')
    peer.push(moved([4, 0, 8]))
    expect((await done).version).toBe(4)
  })

  test('of more than 32 games drops the oldest, finished ones first; nothing grows for ever', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const over = { status: 'forfeited', reason: 'timeout', winner: 0, turn: null, deadline: null } as const
    for (let n = 1; n <= 31; n++) peer.push(state(game(n)))
    peer.push(state(game(32), [], over))
    peer.push(state(game(33)))
    expect(oxo.game(game(32)).get()).toBe(null)
    expect(peer.last('unwatch').gameId).toBe(game(32))
    peer.push(state(game(34)))
    expect(oxo.game(game(1)).get()).toBe(null)
    expect(oxo.game(game(2)).get()?.version).toBe(1)
    const held = Array.from({ length: 40 }, (_, n) => oxo.game(game(n)).get()).filter((found) => found !== null)
    expect(held).toHaveLength(32)
  })

  test('of finished games keeps the last 8, and those that somebody looks at', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const over = { status: 'forfeited', reason: 'timeout', winner: 0, turn: null, deadline: null } as const
    oxo.game(game(1)).subscribe(() => {})
    for (let n = 1; n <= 12; n++) peer.push(state(game(n), [], over))
    const held = Array.from({ length: 12 }, (_, n) => n + 1).filter((n) => oxo.game(game(n)).get() !== null)
    expect(held).toEqual([1, 5, 6, 7, 8, 9, 10, 11, 12])
  })
})

describe('events', () => {
  test('every message of the server is told by its name, after the view has changed', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const messages: ServerMessage[] = [
      state(g1),
      moved([4]),
      { type: 'presence', gameId: g1, seat: 1, connected: false },
      { type: 'queue', mode: 'casual', waitedMs: 1, width: null, online: 2, botOffered: false },
      { type: 'said', gameId: g1, seat: 1, phrase: 3 },
      { type: 'ended', gameId: g1, version: 3, status: 'forfeited', reason: 'timeout', winner: 0, line: null },
      { type: 'offer', gameId: g1, seat: 1 },
      {
        type: 'rated',
        gameId: g1,
        ratings: [
          [1, 2],
          [3, 2],
        ],
      },
      { type: 'watchers', gameId: g1, count: 2 },
      { type: 'undone', gameId: g1, version: 2 },
      { type: 'goodbye', reason: 'maintenance', retryAfterMs: 1_000 },
    ]
    const told: unknown[] = []
    const versions: unknown[] = []
    for (const { type } of messages) {
      const off = oxo.on(type as 'state', (message: OxoEvents['state']) => {
        told.push(message)
        versions.push(oxo.game(g1).get()?.version)
        off()
      })
    }
    peer.push(...messages, ...messages.slice(0, 1))
    expect(told).toEqual(messages)
    expect(versions).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 3, 2, 2])
  })

  test('errors that answer no request are told as error', async () => {
    const { oxo, online } = setUp()
    const peer = await online()
    const told: unknown[] = []
    oxo.on('error', (error) => told.push(error))
    peer.push({ type: 'error', rid: null, code: 'BAD_REQUEST', message: 'rid' })
    expect(told).toMatchObject([{ name: 'OxoError', code: 'BAD_REQUEST', message: 'rid' }])
  })
})
