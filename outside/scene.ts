import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { company, type Table } from './company.ts'
import { type Witness, witness } from './witness.ts'

/**
 * What the tests of one file share, set up once at its top: a server with these variables, and a company that leaves after each test. A test
 * fails when one of its clients saw something go against PROTOCOL.md.
 */
export function scene(env: Readonly<Record<string, string>> = {}) {
  const server = serverOfFile(env)
  const here = company(() => server.url)
  afterEach(async () => {
    expect(await here.dismiss()).toEqual([])
  })
  return { server, here }
}

/** A scene with a game that goes on beside the tests, which nothing in them may harm. */
export function witnessedScene(env: Readonly<Record<string, string>>) {
  const server = serverOfFile(env)
  const here = company(() => server.url)
  let game: Witness
  beforeAll(async () => {
    game = await witness(server.url)
  })
  afterEach(async () => {
    expect(await here.dismiss()).toEqual([])
    await game.unharmed()
  })
  afterAll(async () => {
    expect(await game.leave()).toEqual([])
  })
  const table: Table = {
    get gameId() {
      return game.gameId
    },
    get x() {
      return game.x
    },
    get o() {
      return game.o
    },
  }
  return { server, here, game: table }
}

/** Its addresses are there once it has started. */
function serverOfFile(env: Readonly<Record<string, string>>): Pick<TestServer, 'url' | 'adminUrl'> {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(env)
  })
  afterAll(() => server.stop())
  return {
    get url() {
      return server.url
    },
    get adminUrl() {
      return server.adminUrl
    },
  }
}
