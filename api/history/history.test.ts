import { expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { err } from '../../kit/result.ts'
import { testGateDeps } from '../../ports/http/gate/test-gate.ts'
import { memoryGameStore } from '../../ports/memory/game-store.ts'
import { memorySigner } from '../../ports/memory/signer.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { BEGIN_MS, signedGameOf } from '../../ports/test-finished-games.ts'
import { createApi } from '../api.ts'
import { createHistory, type HistoryDeps } from './history.ts'
import { History, RecordKeys } from './schemas.ts'

const games = memoryGameStore()
const signer = memorySigner()
const served = (deps: Partial<HistoryDeps> = {}) => {
  const history = createHistory({ games, signer, log: silentLog, ...deps })
  const api = createApi({ history }, { ...testGateDeps(), verify: async () => err('invalid') })
  return async (path: string) => api.handle(new Request(`http://oxo.test${path}`), { address: '192.0.2.1' })
}
const get = served()
const played = await Promise.all(
  Array.from({ length: 5 }, (_, i) =>
    signedGameOf({ players: i % 2 ? ['ben', 'ana'] : ['ana', 'ben'], createdAtMs: BEGIN_MS + 1_000 * i }, signer),
  ),
)
await games.put([...played, await signedGameOf({ players: ['ana', 'bot-1'], mode: 'bot', moves: [], createdAtMs: 0 })])

test('[history] pages through the games of a player, newest first, each once', async () => {
  const ids: string[] = []
  let path = '/users/ana/games?limit=4'
  for (const left of [4, 2]) {
    const response = await get(path)
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const page = History.strict().parse(await response.json())
    expect(page.games).toHaveLength(left)
    ids.push(...page.games.map(({ gameId }) => gameId))
    path = `/users/ana/games?limit=4&cursor=${page.cursor}`
    expect(page.cursor === null).toBe(left === 2)
  }
  expect(ids.slice(0, 5)).toEqual(played.map(({ gameId }) => gameId).reverse())
  expect(new Set(ids).size).toBe(6)
})

test('[history] a game tells who won, and which seat the player had', async () => {
  const { games: shown } = History.parse(await (await get('/users/ben/games?limit=1')).json())
  expect(shown).toEqual([
    {
      gameId: played[4]!.gameId,
      mode: 'casual',
      players: [
        { id: 'ana', name: 'Name of ana', rating: 1500, symbol: 'X' },
        { id: 'ben', name: 'Name of ben', rating: 1500, symbol: 'O' },
      ],
      you: 'O',
      status: 'completed',
      reason: 'line',
      winner: 'X',
      moves: [0, 3, 1, 4, 2],
      createdAt: '2026-01-31T12:00:04.000Z',
      endedAt: '2026-01-31T12:00:09.000Z',
    },
  ])
})

test('[history] who has finished no game has an empty page', async () => {
  expect(await (await get('/users/nobody/games')).json()).toEqual({ games: [], cursor: null })
})

test.each([
  ['/users/ana/games?limit=0', 400, /^limit: /],
  ['/users/ana/games?limit=101', 400, /^limit: /],
  ['/users/ana/games?limit=1.5', 400, /^limit: /],
  ['/users/ana/games?limit=many', 400, /^limit: /],
  ['/users/ana/games?cursor=nonsense', 400, /^cursor: /],
  [`/users/ana/games?cursor=${'x'.repeat(513)}`, 400, /^cursor: /],
  ['/users/no%20id/games', 404, /^no such user$/],
])('[history] %s is refused', async (path, status, message) => {
  const response = await get(path)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } })
})

test('[history] a cursor of another player is refused', async () => {
  const { cursor } = History.parse(await (await get('/users/ana/games?limit=1')).json())
  expect((await get(`/users/ben/games?cursor=${cursor}`)).status).toBe(400)
  expect((await get(`/users/ana/games?cursor=${cursor}`)).status).toBe(200)
})

test('[history] the keys that verify records are public, and nothing else of them', async () => {
  const response = await get('/.well-known/oxo-keys')
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=60'])
  const { keys } = RecordKeys.strict().parse(await response.json())
  expect(keys).toEqual(await signer.publicKeys())
})

test('[history] a store that is down is UNAVAILABLE', async () => {
  const down = served({ games: { history: () => Promise.reject(new StoreUnavailable('down')) } })
  const response = await down('/users/ana/games')
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } } })
})
