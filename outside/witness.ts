import { expect } from 'vitest'
import { type Client, is, STATE, WATCH } from './client.ts'
import { company, play, type Table } from './company.ts'
import { fetchJson } from './rest.ts'

/** Moves made in the game of a witness: X in the centre, O in the corner. */
const POSITION = [4, 0] as const

/** A game that goes on beside bad input, X to move with ply 2 and cells 4 and 0 taken. Nothing that strangers send may change it. */
export interface Witness extends Table {
  /** WATCH shows the game as it was, its clock included, and the server takes players. */
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
      expect(await watched(x, gameId)).toEqual(before)
      expect(await fetchJson(url, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    },
    leave: there.dismiss,
  }
}

/** The STATE that WATCH brings. */
async function watched(client: Client, gameId: string): Promise<readonly unknown[]> {
  const from = client.frames.length
  await client.ok(WATCH, gameId)
  return client.seen(is(STATE, gameId), from)
}
