import { expect, test } from 'vitest'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { newUser } from '../user-index.ts'
import { decodeUser, encodeUser } from './user-index.ts'

test('[skew] a record of schema 1 is written and read as this, for as long as one of them is stored', () => {
  const golden =
    '{"v":1,"occupation":{"type":"playing","gameId":"g"},"sinceMs":1700000000000,"lastGameMs":7,"rating":1612.25,"ratedSeq":12,"blocked":["bo"],"unseen":["g"],"lastOpponent":"bo"}'
  const record = {
    occupation: { type: 'playing', gameId: 'g' as GameId },
    sinceMs: 1_700_000_000_000,
    lastGameMs: 7,
    rating: 1_612.25,
    ratedSeq: 12,
    blocked: ['bo' as UserId],
    unseen: ['g' as GameId],
    lastOpponent: 'bo' as UserId,
  } as const
  expect(encodeUser(record)).toBe(golden)
  expect(decodeUser(golden)).toEqual(record)
})

test('[skew] fields that another version lacks or adds do no harm', () => {
  expect(decodeUser('{"v":2,"rating":1600,"hat":"red"}')).toEqual({ ...newUser, rating: 1_600 })
})
