import { expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { memoryGameStore } from '../../ports/memory/game-store.ts'
import { memorySigner } from '../../ports/memory/signer.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { newGameId, signedGameOf } from '../../ports/test-finished-games.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { checksWith } from '../../protocol/record/node-crypto.ts'
import { verifyRecord } from '../../protocol/record/verify.ts'
import { WatchedGame } from './games-schemas.ts'
import type { GameSnapshot } from './games-service.ts'
import { FINISHED_MS, type FinishedGames, readGame } from './read-game.ts'
import { startTestApp } from './test-app.ts'

const clock = virtualClock()
const signer = memorySigner()
const game = await signedGameOf({}, signer)
const { gameId, room, match } = game
const proof = { record: game.record, signature: game.signature }
const active: GameSnapshot = { gameId, room: { ...room, status: 'active' }, match }
const over: GameSnapshot = { gameId, room, match }
const NOT_FOUND = err(refusal('NOT_FOUND', 'no such game'))
const UNAVAILABLE = err(refusal('UNAVAILABLE', 'try again'))

const holds: FinishedGames = { get: async (id) => (id === gameId ? game : null) }
const holdsNothing: FinishedGames = { get: async () => null }
const isDown: FinishedGames = { get: () => Promise.reject(new StoreUnavailable('down')) }
const neverAnswers: FinishedGames = { get: () => new Promise(() => {}) }

const read = (live: Result<GameSnapshot, Refusal>, finished: FinishedGames | null, id: string = gameId) =>
  readGame({ games: { game: async () => live }, finished, clock }, id)

test('[games] a running game comes from its shard, and the store is not asked', async () => {
  expect(await read(ok(active), neverAnswers)).toEqual(ok({ ...active, proof: null }))
})

test('[games] a finished game comes with its proof, wherever its shard is', async () => {
  for (const live of [ok(over), NOT_FOUND, UNAVAILABLE]) {
    expect(await read(live, holds)).toEqual(ok({ ...over, proof }))
  }
})

test('[games] a game that ended a moment ago is shown before the store has it', async () => {
  for (const finished of [holdsNothing, isDown, null]) {
    expect(await read(ok(over), finished)).toEqual(ok({ ...over, proof: null }))
  }
})

test('[games] what neither knows is NOT_FOUND, but UNAVAILABLE while one of them cannot be asked', async () => {
  expect(await read(NOT_FOUND, holdsNothing)).toEqual(NOT_FOUND)
  expect(await read(NOT_FOUND, null)).toEqual(NOT_FOUND)
  expect(await read(UNAVAILABLE, holdsNothing)).toEqual(UNAVAILABLE)
  expect(await read(NOT_FOUND, isDown)).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
  expect(await read(NOT_FOUND, neverAnswers, 'no-id-of-ours')).toEqual(NOT_FOUND)
})

test('[games] a store that does not answer is waited for in bounded time', async () => {
  let answer: unknown = 'none yet'
  void read(ok(over), neverAnswers).then((read) => {
    answer = read
  })
  await clock.advance(FINISHED_MS - 1)
  expect(answer).toBe('none yet')
  await clock.advance(1)
  expect(answer).toEqual(ok({ ...over, proof: null }))
})

test('[REST] GET /games/{id} shows a stored game with a record that verifies, and as stored: a name taken out is out', async () => {
  const finished = memoryGameStore()
  await finished.put([game])
  await finished.rename(room.players[0].id, 'Somebody')
  const { request } = await startTestApp({ finished, log: silentLog })
  const response = await request('GET', `/games/${gameId}`)
  expect(response.status).toBe(200)
  const shown = WatchedGame.strict().parse(await response.json())
  expect(shown).toMatchObject({ gameId, status: 'completed', winner: 'X', match, ...proof })
  expect(shown.players.map(({ name }) => name)).toEqual(['Somebody', 'Name of ben'])
  expect(verifyRecord(shown, checksWith(await signer.publicKeys())).ok).toBe(true)
  expect((await request('GET', `/games/${newGameId()}`)).status).toBe(404)
})
