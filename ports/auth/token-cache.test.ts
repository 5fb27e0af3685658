import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import type { Identity } from './identity.ts'
import { tokenCache } from './token-cache.ts'

const identity = (userId: string): Identity => ({
  userId: userId as UserId,
  name: 'Quiet Otter 42',
  sessionId: 's',
  region: 'local',
  expiresAtMs: 1,
})

test('[auth] knows the tokens that it was given, and no others', () => {
  const cache = tokenCache()
  cache.add('a', identity('user-a'))
  expect(cache.get('a')).toEqual(identity('user-a'))
  expect(cache.get('b')).toBeNull()
})

test('[auth] is bounded: the least lately used token goes first', () => {
  const cache = tokenCache(2)
  cache.add('a', identity('user-a'))
  cache.add('b', identity('user-b'))
  cache.get('a')
  cache.add('c', identity('user-c'))
  expect(cache.get('b')).toBeNull()
  expect(cache.get('a')).toEqual(identity('user-a'))
  expect(cache.get('c')).toEqual(identity('user-c'))
})
