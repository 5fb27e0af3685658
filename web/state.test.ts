import { describe, expect, test } from 'vitest'
import type { GameId } from '../protocol/ids.ts'
import {
  addressOf,
  gameOf,
  type PageEvent,
  type PageState,
  type Queue,
  reduce,
  startState,
  type Welcome,
} from './state.ts'
import { anOverView, aView } from './test-views.ts'

const queue: Queue = { mode: 'casual', sinceMs: 1_000, online: null, botOffered: false }
const welcome = (change: Partial<Welcome> = {}): PageEvent => ({
  type: 'welcome',
  name: 'Ana',
  account: false,
  level: 'full',
  queue: null,
  gameFollows: false,
  ...change,
})
const game = (view = aView()): PageEvent => ({ type: 'game', view, nowMs: 0 })
const other = { gameId: 'g2' as GameId }
const over = anOverView([4, 0], { reason: 'resign', status: 'forfeited', winner: 0 })

const after = (...events: readonly PageEvent[]): PageState => events.reduce(reduce, startState(null))
const afterInvite = (...events: readonly PageEvent[]): PageState => events.reduce(reduce, startState('ABCD2345'))

describe('where the page begins', () => {
  test('[start] at home when nothing is under way', () => {
    expect(after().screen.kind).toBe('starting')
    expect(after(welcome()).screen.kind).toBe('home')
  })

  test('[P5] a reload comes back to the running game', () => {
    const waiting = after(welcome({ gameFollows: true }))
    expect(waiting.screen.kind).toBe('starting')
    expect(gameOf(reduce(waiting, game(aView([4]))))?.view.moves).toEqual([4])
  })

  test('[P5] a reload comes back to the queue, and to a game that ended while away', () => {
    expect(after(welcome({ queue })).screen).toEqual({ kind: 'queue', queue })
    expect(gameOf(after(welcome({ gameFollows: true }), game(over)))?.view.winner).toBe(0)
  })

  test('[start] a watched game that is gone leaves us at home with the reason', () => {
    const state = after(welcome({ gameFollows: true }), { type: 'failed', text: 'gone' })
    expect(state).toMatchObject({ screen: { kind: 'home' }, error: 'gone' })
  })

  test('[invite] an invite waits for a click, also over a reconnect; a running game goes first', () => {
    expect(afterInvite(welcome(), welcome()).screen).toEqual({ kind: 'invited', code: 'ABCD2345' })
    expect(afterInvite(welcome({ gameFollows: true }), game()).screen.kind).toBe('game')
    expect(afterInvite(welcome({ gameFollows: true }), game(over)).screen.kind).toBe('invited')
  })
})

describe('queue', () => {
  test('[queue] news of it move the page only when we asked for it', () => {
    const news: Queue = { ...queue, online: 12, botOffered: true }
    expect(after(welcome(), { type: 'queue', queue: news }).screen.kind).toBe('home')
    const asking = after(welcome(), { type: 'asking', ask: 'find' }, { type: 'queue', queue: news })
    expect(asking.screen).toEqual({ kind: 'queue', queue: news })
    expect(reduce(asking, { type: 'queued', queue }).screen).toEqual({ kind: 'queue', queue: news })
  })

  test('[queue] the OK of FIND may come after its game began', () => {
    expect(after(welcome(), game(), { type: 'queued', queue }).screen.kind).toBe('game')
    expect(after(welcome(), game(), { type: 'inviting', code: 'ABCD2345' }).screen.kind).toBe('game')
  })

  test('[queue] a lost place is told; one that became a game is not lost', () => {
    const queued = after(welcome({ queue }))
    expect(reduce(queued, welcome())).toMatchObject({
      screen: { kind: 'home' },
      error: expect.stringContaining('queue'),
    })
    expect(reduce(queued, welcome({ gameFollows: true }))).toMatchObject({ screen: { kind: 'queue' }, error: null })
  })
})

describe('which game is on show', () => {
  test('[game] a running game of ours takes the screen from anything, a finished or foreign one does not', () => {
    const finished = after(welcome(), game(over))
    expect(gameOf(reduce(finished, game(aView([], other))))?.view.gameId).toBe('g2')
    expect(gameOf(reduce(finished, game({ ...over, ...other })))?.view.gameId).toBe('g1')
    expect(gameOf(after(welcome(), game(), game(aView([], { ...other, you: null }))))?.view.gameId).toBe('g1')
    expect(after(welcome({ queue }), game(over)).screen.kind).toBe('queue')
  })

  test('[game] what we left stays left, until it is played again', () => {
    const left = after(welcome(), game(over), { type: 'home' })
    expect(reduce(left, game(over)).screen.kind).toBe('home')
    expect(reduce(left, game(aView([4]))).screen.kind).toBe('game')
  })

  test('[game] what is said of another game changes nothing', () => {
    const state = after(welcome(), game())
    expect(reduce(state, { type: 'offer', gameId: 'g2', seat: 1 })).toBe(state)
    expect(gameOf(reduce(state, { type: 'offer', gameId: 'g1', seat: 1 }))?.offer).toBe(1)
  })

  test('[game] a refused move is taken back, an impossible one never shown', () => {
    const asked = after(welcome(), game(), { type: 'move-asked', cell: 4 })
    expect(gameOf(asked)?.asked).toEqual({ ply: 0, cell: 4 })
    expect(gameOf(reduce(asked, { type: 'move-refused' }))?.asked).toBeNull()
    expect(gameOf(after(welcome(), game(aView([4])), { type: 'move-asked', cell: 0 }))?.asked).toBeNull()
  })

  test('[chat] each speaker has one phrase on show; an older one ends without ending the newer', () => {
    const said = (id: number, seat: 0 | 1 | null): PageEvent => ({
      type: 'said',
      gameId: 'g1',
      said: { id, seat, phrase: 3 },
    })
    const state = after(welcome(), game(), said(1, 0), said(2, 1), said(3, 0))
    expect(gameOf(state)?.said.map(({ id }) => id)).toEqual([2, 3])
    const later = [1, 3].map((saidId) => ({ type: 'unsaid', gameId: 'g1', saidId }) as const).reduce(reduce, state)
    expect(gameOf(later)?.said.map(({ id }) => id)).toEqual([2])
  })
})

describe('connection', () => {
  const connection = (kind: 'connecting' | 'unreached' | 'lost' | 'open'): PageEvent => ({
    type: 'connection',
    connection: { kind },
  })
  const leaving: PageEvent = {
    type: 'connection',
    connection: { kind: 'leaving', reason: 'maintenance', retryAfterMs: 60_000 },
  }

  test('[P5] a lost connection keeps the game on show', () => {
    const state = after(welcome(), game(aView([4])), connection('lost'))
    expect(state.connection.kind).toBe('lost')
    expect(gameOf(state)?.view.moves).toEqual([4])
  })

  test('[goodbye] explains the loss that follows, until we are back', () => {
    const gone = after(welcome(), leaving, connection('lost'))
    expect(gone.connection.kind).toBe('leaving')
    expect(reduce(gone, welcome()).connection.kind).toBe('open')
  })

  test('[P5] a machine without network is told at once, until it is back', () => {
    const state = after(welcome(), game(), { type: 'network', offline: true })
    expect(state.offline).toBe(true)
    expect(reduce(state, { type: 'network', offline: false })).toMatchObject({
      offline: false,
      screen: { kind: 'game' },
    })
  })

  test('[start] a server out of reach is told until it is reached', () => {
    const state = after(connection('unreached'), connection('connecting'))
    expect(state.connection.kind).toBe('unreached')
    expect(reduce(state, connection('open')).connection.kind).toBe('open')
  })
})

describe('errors', () => {
  test('[error] stays until dismissed, the next request, or another screen', () => {
    const failed = after(welcome(), { type: 'failed', text: 'no' }, { type: 'asking', ask: null })
    expect(failed.error).toBe('no')
    expect(reduce(failed, { type: 'dismissed' }).error).toBeNull()
    expect(reduce(failed, { type: 'asking', ask: 'find' }).error).toBeNull()
    expect(reduce(failed, game()).error).toBeNull()
  })
})

test('[address] brings back what is on show', () => {
  expect(addressOf(after())).toBeNull()
  expect(addressOf(after(welcome()))).toBe('')
  expect(addressOf(afterInvite(welcome()))).toBe('?invite=ABCD2345')
  expect(addressOf(after(welcome(), game()))).toBe('?game=g1')
})
