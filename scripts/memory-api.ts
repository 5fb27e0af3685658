import { createApi } from '../api/api.ts'
import { everyService, identity, NOW_MS, sessionOf, testStores } from '../api/test-services.ts'
import { testGateDeps } from '../ports/http/gate/test-gate.ts'

/** For tests of clients: the whole api behind its gate, on stores in memory, without a socket. */
export async function memoryApi() {
  const stores = testStores()
  const { services, mint, verify } = await everyService(stores)
  const api = createApi(services, { ...testGateDeps(), repeats: stores.repeats, verify })
  return {
    stores,
    nowMs: NOW_MS,
    fetch: async (request: Request): Promise<Response> => api.handle(request, { address: '192.0.2.1' }),
    /** Somebody's session, and its access token. */
    async signIn(userId: string) {
      const session = sessionOf(identity(userId))
      await stores.sessions.create(session)
      return { session, accessToken: (await mint(session)).accessToken }
    },
  }
}
