import { describe, expect, test } from 'vitest'
import { canPlay, cellMarks, isHolding, shownView, spectatorsOf, withAsked, withShown, withView } from './game.ts'
import { anOverView, aView } from './test-views.ts'

const bot = { mode: 'bot' } as const

describe('a bot answers after a moment', () => {
  const before = withView(null, aView([], bot), 0)
  const asked = withAsked(before, 4)
  const mine = withView(asked, aView([4], bot), 0)
  const answered = withView(mine, aView([4, 0], bot), 0)

  test('[bot] its mark is held back, ours is not', () => {
    expect(shownView(mine).moves).toEqual([4])
    expect(isHolding(mine)).toBe(false)
    expect(isHolding(answered)).toBe(true)
    expect(shownView(answered)).toMatchObject({ moves: [4], turn: 1, status: 'active' })
  })

  test('[bot] both marks in one snapshot are told apart too', () => {
    expect(shownView(withView(asked, aView([4, 0], bot), 0)).moves).toEqual([4])
  })

  test('[bot] the pause ends for good, and whatever comes meanwhile does not end it', () => {
    const away = aView([4, 0], { ...bot, watchers: 1 })
    expect(isHolding(withView(answered, away, 0))).toBe(true)
    expect(shownView(withShown(answered, 2)).moves).toEqual([4, 0])
    expect(isHolding(withView(withShown(answered, 2), away, 0))).toBe(false)
  })

  test('[bot] the end of the game waits with the move that ended it', () => {
    const lost = anOverView([4, 0, 5, 1, 8, 2], { ...bot, reason: 'line', winner: 1, line: [0, 1, 2] })
    const game = withView(withView(null, aView([4, 0, 5, 1, 8], bot), 0), lost, 0)
    expect(shownView(game)).toMatchObject({ status: 'active', winner: null, line: null, turn: 1 })
    expect(shownView(withShown(game, 6))).toMatchObject({ status: 'completed', winner: 1, line: [0, 1, 2] })
  })

  test('[bot] input follows the truth: a free cell may be played during the pause, the hidden one not', () => {
    expect(canPlay(answered, 8)).toBe(true)
    expect(canPlay(answered, 0)).toBe(false)
    expect(isHolding(withAsked(answered, 8))).toBe(false)
  })

  test('[bot] an older pause does not cut a newer one short', () => {
    const next = withView(withAsked(answered, 8), aView([4, 0, 8, 2], bot), 0)
    expect(isHolding(withShown(next, 2))).toBe(true)
  })

  test('[bot] a page that comes back sees everything at once, and so do games between people', () => {
    expect(isHolding(withView(null, aView([4, 0], bot), 0))).toBe(false)
    expect(isHolding(withView(withView(null, aView([4]), 0), aView([4, 0]), 0))).toBe(false)
  })
})

describe('our move', () => {
  test('[move] is asked once, and settled by the snapshot that contains it', () => {
    const asked = withAsked(withView(null, aView(), 0), 4)
    expect(asked.asked).toEqual({ ply: 0, cell: 4 })
    expect(canPlay(asked, 5)).toBe(false)
    expect(withView(asked, aView([], { watchers: 1 }), 0).asked).toEqual({ ply: 0, cell: 4 })
    expect(withView(asked, aView([4]), 0).asked).toBeNull()
  })

  test('[move] is dropped when the game ends first', () => {
    const asked = withAsked(withView(null, aView(), 0), 4)
    expect(withView(asked, anOverView([], { winner: 1, reason: 'timeout' }), 0).asked).toBeNull()
  })

  test.each([
    ['a taken cell', aView([4, 0]), 4, false],
    ['a free cell on our turn', aView([4, 0]), 1, true],
    ['their turn', aView([4]), 1, false],
    ['a spectator', aView([4, 0], { you: null }), 1, false],
    ['a finished game', anOverView([4, 0], { winner: 0, reason: 'resign' }), 1, false],
  ])('[move] may be played or not: %s', (_, view, cell, allowed) => {
    expect(canPlay(withView(null, view, 0), cell)).toBe(allowed)
  })
})

test('[undone] a snapshot with fewer moves takes marks back', () => {
  const game = withView(withView(null, aView([4, 0, 8]), 0), aView([4]), 0)
  expect(shownView(game).moves).toEqual([4])
})

test('[clock] a full bar is the longest turn seen, in whole seconds', () => {
  const late = withView(null, aView([4], { deadline: 30_000 }), 25_000)
  expect(late.turnMs).toBe(5_000)
  const next = withView(late, aView([4, 0], { deadline: 60_000 }), 29_870)
  expect(next.turnMs).toBe(30_000)
  expect(withView(next, aView([4, 0], { deadline: 60_000 }), 50_000).turnMs).toBe(30_000)
})

test.each([
  ['both players and two more', aView([], { watchers: 4 }), 2],
  ['the players alone', aView([], { watchers: 2 }), 0],
  ['one against a bot', aView([], { watchers: 1, mode: 'bot' }), 0],
  ['not told yet', aView(), 0],
])('[watchers] are counted without the players: %s', (_, view, count) => {
  expect(spectatorsOf(view)).toBe(count)
})

test('[marks] stand where they were played', () => {
  expect(cellMarks([4, 0, 8])).toEqual(['O', '', '', '', 'X', '', '', '', 'X'])
})
