import { expect, test } from 'vitest'
import { createRest } from '../client/rest.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import { memoryApi } from '../scripts/memory-api.ts'
import { profileActions } from './profile.ts'

async function newPage() {
  const api = await memoryApi()
  const { accessToken, session } = await api.signIn('ana')
  let renewals = 0
  const rest = createRest({ origin: 'https://oxo.test', accessToken: async () => accessToken, fetch: api.fetch })
  const profile = profileActions(rest, async () => void renewals++)
  return { ...api, session, profile, renewals: () => renewals }
}

test('[profile] the page shows name and results, once a game has counted', async () => {
  const { profile, stores } = await newPage()
  expect(await profile.load()).toEqual({ name: 'Name of ana', results: null })
  await stores.stats.apply([finishedGameOf({ players: ['ana', 'bo'], mode: 'ranked' })])
  expect(await profile.load()).toEqual({
    name: 'Name of ana',
    results: { played: 1, won: 1, drawn: 0, rating: expect.any(Number) },
  })
})

test('[profile] a new name is what the next tokens carry, and the page asks for them', async () => {
  const { profile, stores, session, nowMs, renewals } = await newPage()
  expect(await profile.rename('  Ána ')).toEqual({ name: 'Ána' })
  expect(renewals()).toBe(1)
  expect(await stores.sessions.find(session.id, nowMs)).toMatchObject({ name: 'Ána' })
})

test('[profile] a name that may not be is told in words, and nothing changes', async () => {
  const { profile, renewals } = await newPage()
  expect(await profile.rename('A\u202ena')).toEqual({ why: 'A name has control, invisible or unassigned characters.' })
  expect(await profile.rename(' ')).toEqual({ why: 'A name must have 1 to 32 characters.' })
  expect(renewals()).toBe(0)
  expect(await profile.load()).toMatchObject({ name: 'Name of ana' })
})

test('[profile] while the api is away the page says so', async () => {
  const fetch = async (): Promise<Response> => {
    throw new TypeError('no network')
  }
  const profile = profileActions(createRest({ origin: 'https://oxo.test', fetch }), async () => {})
  expect(await profile.load()).toBeNull()
  expect(await profile.rename('Ana')).toEqual({ why: 'Names cannot be changed right now. Try again later.' })
})
