import { describe, expect, test } from 'vitest'
import { DELETED_NAME } from '../../ports/account-store.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { signedGameOf } from '../../ports/test-finished-games.ts'
import { updateUser } from '../../ports/user-index.ts'
import { gameIdOf, type UserId } from '../../protocol/ids.ts'
import { callerOf, identity, keyOf, NOW_MS, refusing, sessionOf, testStores } from '../test-services.ts'
import { createUsers } from './users.ts'

const [ana, bo] = [identity('ana'), identity('bo')]

function newUsers() {
  const stores = testStores()
  const signIn = (who: typeof ana) =>
    stores.accounts.linkIdentity(
      who.userId,
      { provider: 'local', subject: who.userId },
      { email: `${who.userId}@example.org`, displayName: who.name, avatarUrl: null, region: 'eu' },
      NOW_MS,
    )
  return { stores, signIn, ...callerOf(createUsers(stores).app) }
}

describe('profiles', () => {
  test('[profile] a guest of whom nothing is stored reads what the token says; others find nobody', async () => {
    const { call } = newUsers()
    const { status, body, headers } = await call(ana, 'GET', '/users/me')
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      userId: 'ana',
      name: 'Name of ana',
      region: 'eu',
      guest: true,
      email: null,
      createdAt: null,
    })
    expect(await call(bo, 'GET', '/users/ana')).toMatchObject(refusing(404, 'NOT_FOUND'))
    expect(await call(null, 'GET', '/users/me')).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
  })

  test('[profile] everybody sees the public part, and nothing else', async () => {
    const { call, signIn } = newUsers()
    await signIn(ana)
    const seen = await call(null, 'GET', '/users/ana')
    expect(seen.status).toBe(200)
    expect(Object.keys(seen.body).sort()).toEqual(['avatarUrl', 'createdAt', 'guest', 'name', 'userId', 'username'])
    expect((await call(ana, 'GET', '/users/me')).body).toMatchObject({ ...seen.body, email: 'ana@example.org' })
    expect(await call(null, 'GET', '/users/no%20body')).toMatchObject(refusing(404, 'NOT_FOUND'))
  })

  test('[profile] the owner changes it, by id or as me; a guest who does has an account from then on', async () => {
    const { call, stores } = newUsers()
    for (const who of [ana, bo]) await stores.sessions.create(sessionOf(who))
    const changed = await call(ana, 'PUT', '/users/ana', { displayName: ' A\u0301na  B ' })
    expect(changed).toMatchObject({ status: 200, body: { name: 'Ána B', region: 'eu' } })
    expect(
      await call(ana, 'PUT', '/users/me', { region: 'us', avatarUrl: 'https://pictures.example/a.png' }),
    ).toMatchObject({
      body: { name: 'Ána B', region: 'us', avatarUrl: 'https://pictures.example/a.png' },
    })
    expect(await call(ana, 'PUT', '/users/me', { avatarUrl: null })).toMatchObject({ body: { avatarUrl: null } })
    expect(await stores.accounts.get(ana.userId)).toMatchObject({ displayName: 'Ána B', region: 'us' })
    // What the next access tokens are made of.
    expect(await stores.sessions.list(ana.userId, NOW_MS)).toMatchObject([{ name: 'Ána B', region: 'us' }])
    expect(await stores.sessions.list(bo.userId, NOW_MS)).toMatchObject([{ name: 'Name of bo', region: 'eu' }])
  })

  test('[P8] nobody changes the profile of somebody else', async () => {
    const { call, signIn, stores } = newUsers()
    await signIn(ana)
    expect(await call(bo, 'PUT', '/users/ana', { displayName: 'Bo' })).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await call(null, 'PUT', '/users/ana', { displayName: 'Bo' })).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
    expect(await stores.accounts.get(ana.userId)).toMatchObject({ displayName: 'Name of ana' })
    expect(await stores.accounts.get(bo.userId)).toBeNull()
  })

  test.each([
    ['a control character', { displayName: 'A\u0007na' }, /^displayName: /],
    ['a turned name', { displayName: 'A\u202ena' }, /^displayName: /],
    ['a name of 33', { displayName: 'x'.repeat(33) }, /^displayName: /],
    ['capitals in a username', { username: 'Ana' }, /^username: /],
    ['a username of two', { username: 'an' }, /^username: /],
    ['a picture without TLS', { avatarUrl: 'http://pictures.example/a.png' }, /^avatarUrl: /],
    ['a region that is none', { region: 'mars' }, /^region: .*eu, us$/],
    ['a role', { displayName: 'Ana', role: 'admin' }, /role/],
    ['a list', ['Ana'], /^body: /],
  ])('[P8] refuses %s and changes nothing', async (_, body, why) => {
    const { call, signIn, stores } = newUsers()
    await signIn(ana)
    const before = await stores.accounts.get(ana.userId)
    const refused = await call(ana, 'PUT', '/users/me', body)
    expect(refused).toMatchObject(refusing(400, 'BAD_REQUEST'))
    expect(refused.body.error.message).toMatch(why)
    expect(await stores.accounts.get(ana.userId)).toEqual(before)
  })

  test('[profile] a username is for accounts, has one holder, and reserved ones have none', async () => {
    const { call, signIn } = newUsers()
    expect(await call(ana, 'PUT', '/users/me', { username: 'ana' })).toMatchObject(refusing(403, 'FORBIDDEN'))
    await signIn(ana)
    await signIn(bo)
    expect(await call(ana, 'PUT', '/users/me', { username: 'ana' })).toMatchObject({
      status: 200,
      body: { username: 'ana' },
    })
    const taken = await call(bo, 'PUT', '/users/me', { username: 'ana', displayName: 'Thief' })
    const reserved = await call(bo, 'PUT', '/users/me', { username: '_admin', displayName: 'Thief' })
    for (const refused of [taken, reserved]) {
      expect(refused).toMatchObject(refusing(409, 'STALE'))
      expect(refused.body.error).toMatchObject({
        message: 'this username is not available',
        details: { field: 'username' },
      })
    }
    expect((await call(bo, 'GET', '/users/me')).body).toMatchObject({ username: null, name: 'Name of bo' })
  })
})

describe('blocks', () => {
  test('[block] a block is in the user index, once, until it is taken back', async () => {
    const { call, stores } = newUsers()
    expect(await call(ana, 'PUT', '/users/me/blocks/bo')).toMatchObject({ status: 204, body: null })
    expect(await call(ana, 'PUT', '/users/me/blocks/bo')).toMatchObject({ status: 204 })
    expect((await stores.users.get(ana.userId)).record.blocked).toEqual(['bo'])
    expect((await call(ana, 'GET', '/users/me/blocks')).body).toEqual({ blocked: ['bo'] })
    expect((await call(bo, 'GET', '/users/me/blocks')).body).toEqual({ blocked: [] })
    expect(await call(ana, 'DELETE', '/users/me/blocks/bo')).toMatchObject({ status: 204 })
    expect(await call(ana, 'DELETE', '/users/me/blocks/bo')).toMatchObject({ status: 204 })
    expect((await stores.users.get(ana.userId)).record.blocked).toEqual([])
  })

  test('[block] a hundred, not oneself, and only what can be a user', async () => {
    const { call, stores } = newUsers()
    for (let i = 0; i < 100; i++) expect((await call(ana, 'PUT', `/users/me/blocks/u${i}`)).status).toBe(204)
    expect(await call(ana, 'PUT', '/users/me/blocks/u100')).toMatchObject(refusing(403, 'FORBIDDEN'))
    expect(await call(ana, 'PUT', '/users/me/blocks/u7')).toMatchObject({ status: 204 })
    expect(await call(bo, 'PUT', '/users/me/blocks/bo')).toMatchObject(refusing(400, 'BAD_REQUEST'))
    expect(await call(bo, 'PUT', '/users/me/blocks/a%20b')).toMatchObject(refusing(400, 'BAD_REQUEST'))
    expect(await call(bo, 'DELETE', '/users/me/blocks/a%20b')).toMatchObject(refusing(400, 'BAD_REQUEST'))
    expect((await stores.users.get(ana.userId)).record.blocked).toHaveLength(100)
    expect((await stores.users.get(bo.userId)).record.blocked).toEqual([])
  })
})

describe('all about me', () => {
  async function withHistory() {
    const users = newUsers()
    const { stores, signIn, call } = users
    await signIn(ana)
    await stores.sessions.create(sessionOf(ana))
    await call(ana, 'PUT', '/users/me', { username: 'ana' })
    await call(ana, 'PUT', '/users/me/blocks/bo')
    await stores.apiKeys.add(keyOf(ana), 'hash of a secret', NOW_MS)
    const game = await signedGameOf({ players: ['ana', 'bo'] })
    await stores.games.put([game])
    await stores.stats.apply([game])
    return { ...users, game }
  }

  test('[export] holds account, sessions, statistics, games, blocks and keys, and no secret', async () => {
    const { call, game, audited } = await withHistory()
    const { status, body, headers } = await call(ana, 'GET', '/users/me/export')
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toBe('attachment; filename="oxo-export.json"')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      exportedAt: new Date(NOW_MS).toISOString(),
      account: { userId: 'ana', username: 'ana', email: 'ana@example.org', provider: 'local' },
      sessions: [{ kind: 'guest', name: 'Name of ana', createdAt: new Date(NOW_MS).toISOString() }],
      blocked: ['bo'],
      statistics: { gamesPlayed: 1, gamesWon: 1 },
      apiKeys: [{ keyId: 'key of ana', name: 'Bot', scopes: ['stats:read'] }],
      games: [{ gameId: game.gameId, status: 'completed' }],
      moreGames: null,
    })
    expect(JSON.stringify(body)).not.toMatch(/session of ana|hash of a secret/)
    expect(audited).toEqual(['data_exported'])
  })

  test('[export] more games than one answer holds: the rest has an address', async () => {
    const { call, stores } = newUsers()
    const createdAtMs = (i: number) => NOW_MS - 100_000_000 + i * 20_000
    const game = await signedGameOf({ players: ['ana', 'bo'] })
    const games = Array.from({ length: 2_001 }, (_, i) => ({
      ...game,
      gameId: gameIdOf(1, stores.random),
      room: { ...game.room, createdAtMs: createdAtMs(i) },
    }))
    await stores.games.put(games)
    const { body } = await call(ana, 'GET', '/users/me/export')
    expect(body.games).toHaveLength(2_000)
    expect(body.games[0].gameId).toBe(games.at(-1)!.gameId)
    const cursor = new URL(body.moreGames, 'http://oxo.test').searchParams.get('cursor')
    const rest = await stores.games.history(ana.userId, { limit: 100, cursor })
    expect(rest).toMatchObject({ ok: true, value: { games: [{ gameId: games[0]!.gameId }], cursor: null } })
  })

  test('[delete] account, sessions, keys and blocks are gone; the game stays, with a pseudonym', async () => {
    const { call, stores, game, audited } = await withHistory()
    expect(await call(ana, 'DELETE', '/users/me')).toMatchObject({ status: 204, body: null })
    expect(await stores.accounts.get(ana.userId)).toMatchObject({
      state: 'deleted',
      email: null,
      username: null,
      identity: null,
    })
    expect(await stores.sessions.list(ana.userId, NOW_MS)).toEqual([])
    expect((await stores.ended.read(null)).ended).toContainEqual({ userId: 'ana', sessionId: null })
    expect((await stores.users.get(ana.userId)).record.blocked).toEqual([])
    expect(await stores.apiKeys.list(ana.userId)).toEqual([])
    const kept = await stores.games.get(game.gameId)
    expect(kept?.room.players.map(({ id, name }) => [id, name])).toEqual([
      ['ana', DELETED_NAME],
      ['bo', 'Name of bo'],
    ])
    expect(kept?.signature).toEqual(game.signature)
    expect(await stores.stats.statsOf(ana.userId)).toBeNull()
    expect(await stores.stats.statsOf('bo' as UserId)).toMatchObject({ gamesPlayed: 1 })
    expect(audited).toContain('account_deleted')

    expect(await call(null, 'GET', '/users/ana')).toMatchObject(refusing(404, 'NOT_FOUND'))
    expect(await call(ana, 'GET', '/users/me')).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
    expect(await call(ana, 'PUT', '/users/me', { displayName: 'Back' })).toMatchObject(refusing(401, 'UNAUTHENTICATED'))
    expect(await call(ana, 'DELETE', '/users/me')).toMatchObject({ status: 204 })
  })

  test('[delete] not in the middle of a game, unless it is one that cannot be any more', async () => {
    const { call, stores } = newUsers()
    const gameId = gameIdOf(1, stores.random)
    const plays = (sinceMs: number) =>
      updateUser(stores.users, ana.userId, (record) => ({
        ...record,
        occupation: { type: 'playing', gameId },
        sinceMs,
      }))
    await plays(NOW_MS - 60_000)
    const refused = await call(ana, 'DELETE', '/users/me')
    expect(refused).toMatchObject({ ...refusing(409, 'ALREADY_PLAYING'), body: { error: { details: { gameId } } } })
    expect(await stores.accounts.get(ana.userId)).toBeNull()
    await plays(NOW_MS - 86_400_000)
    expect(await call(ana, 'DELETE', '/users/me')).toMatchObject({ status: 204 })
  })

  test('[delete] what stops half-way is finished by doing it again', async () => {
    const { stores } = await withHistory()
    let down = true
    const rename = (userId: UserId, name: string) => {
      if (down) throw new StoreUnavailable('games are away')
      return stores.games.rename(userId, name)
    }
    const { call } = callerOf(createUsers({ ...stores, games: { ...stores.games, rename } }).app)
    const unavailable = await call(ana, 'DELETE', '/users/me')
    expect(unavailable).toMatchObject(refusing(503, 'UNAVAILABLE'))
    expect(unavailable.headers.get('retry-after')).toBe('1')
    expect(await stores.sessions.list(ana.userId, NOW_MS)).toHaveLength(1)
    down = false
    expect(await call(ana, 'DELETE', '/users/me')).toMatchObject({ status: 204 })
    expect(await stores.sessions.list(ana.userId, NOW_MS)).toEqual([])
  })
})
