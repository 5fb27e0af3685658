import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Verifier } from '@pact-foundation/pact'
import { listen, nodeServer } from '../ports/http/node-server.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import { memoryApi } from '../scripts/memory-api.ts'

/** The services answer every recorded interaction as agreed: the real ones, behind their gate, on stores in memory. */
test('the api keeps its contract with the page', async () => {
  const { fetch, stores, signIn, nowMs } = await memoryApi()
  const { accessToken, session } = await signIn('ana')
  await stores.accounts.ensureGuest(session.userId, { displayName: 'Ana', region: 'eu' }, nowMs)
  const server = nodeServer({ handle: fetch, refuse: () => new Response(null, { status: 400 }) })
  const port = await listen(server, 0, '127.0.0.1')
  if (!port.ok) throw new Error(port.error)

  let token = accessToken
  try {
    await new Verifier({
      provider: 'oxo-api',
      providerBaseUrl: `http://127.0.0.1:${port.value}`,
      pactUrls: [fileURLToPath(new URL('pacts/oxo-page-oxo-api.json', import.meta.url))],
      logLevel: 'error',
      beforeEach: async () => {
        token = accessToken
      },
      stateHandlers: {
        'the token is not good': async () => {
          token = 'of.no.use'
        },
        'ana has played a game that counts': async () => {
          await stores.stats.apply([finishedGameOf({ players: ['ana', 'bo'] })])
        },
        'ana has blocked bo': async () => {
          await fetch(
            new Request('http://oxo.test/users/me/blocks/bo', {
              method: 'PUT',
              headers: { authorization: `Bearer ${accessToken}` },
            }),
          )
        },
      },
      requestFilter: (request, _response, next) => {
        if (request.headers.authorization !== undefined) request.headers.authorization = `Bearer ${token}`
        next()
      },
    }).verifyProvider()
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
