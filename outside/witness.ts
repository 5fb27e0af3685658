import { expect } from 'vitest'
import { type Client, is, STATE, WATCH } from './client.ts'
import { company, play, type Table } from './company.ts'
import { fetchJson } from './rest.ts'

/** Moves made in the game of a witness: X in the centre, O in the corner. */
const POSITION = [4, 0] as const

/** While the machine is busy with other tests the server may stand still now and then: what it gives back of that, at most, in ms. */
const GIVEN_BACK_MS_MAX = 60_000

/** A game that goes on beside bad input, X to move with ply 2 and cells 4 and 0 taken. Nothing that strangers send may change it. */
export interface Witness extends Table {
  /** WATCH shows the game as it was, its clock but for what stalls gave back included, and the server takes players. */
  unharmed(): Promise<void>
  leave(): Promise<string[]>
}

export async function witness(url: string): Promise<Witness> {
  const there = company(() => url)
  const table = await there.paired('casual')
  await play(table, POSITION)
  const { gameId, x } = table
  const before = await watched(x, gameId)
  return {
    ...table,
    async unharmed() {
      const now = await watched(x, gameId)
      expect(gameOf(now).deadline).toBeGreaterThanOrEqual(gameOf(before).deadline)
      expect(gameOf(now).deadline).toBeLessThanOrEqual(gameOf(before).deadline + GIVEN_BACK_MS_MAX)
      expect(withDeadline(now, 0)).toEqual(withDeadline(before, 0))
      expect(await fetchJson(url, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    },
    leave: there.dismiss,
  }
}

type State = readonly unknown[]
const gameOf = (state: State) => state.at(-1) as { readonly deadline: number }
const withDeadline = (state: State, deadline: number): State => [...state.slice(0, -1), { ...gameOf(state), deadline }]

/** The STATE that WATCH brings. */
async function watched(client: Client, gameId: string): Promise<State> {
  const from = client.frames.length
  await client.ok(WATCH, gameId)
  return client.seen(is(STATE, gameId), from)
}
