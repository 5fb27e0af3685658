import { beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../kit/random.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { createCount, quotasOf, uncounted } from '../../ports/http/gate/limits.ts'
import { memoryRateLimiter } from '../../ports/memory/rate-limiter.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { gameIdOf } from '../../protocol/ids.ts'
import type { UpgradeRequest } from '../socket/hub.ts'
import { verifyUserId } from '../test-cluster.ts'
import { upgradeOf } from '../test-socket.ts'
import { type AdmissionOptions, createAdmission } from './admission.ts'

const gameId = gameIdOf(1, seededRandom(1))
let closedFor: Refusal | null
let admission: ReturnType<typeof createAdmission>
let countNow: AdmissionOptions['countNow']

beforeEach(() => {
  closedFor = null
  countNow = uncounted
  const options: AdmissionOptions = {
    clock: virtualClock(),
    verify: verifyUserId,
    allowedOrigins: ['https://oxo.example'],
    maxSocketsPerAddress: 2,
    closedFor: () => closedFor,
    clientAddress: ({ address }) => address,
    countNow: (caller, address) => countNow(caller, address),
    gameExists: async (id) => id === gameId,
  }
  admission = createAdmission(options)
})

async function ask(overrides: Partial<UpgradeRequest>) {
  const answer = await admission.admit(upgradeOf('ana', overrides))
  if (answer.type === 'admitted') return { status: 101, code: null, headers: new Map(), pass: answer.pass }
  const { status, headers, body } = answer.refusal
  return { status, code: JSON.parse(body).error.code as string, headers: new Map(headers), pass: null }
}

describe('who may open a socket', () => {
  test('[ADMIT] a token in the header or as a subprotocol item is taken; the header wins', async () => {
    expect((await ask({})).pass).toMatchObject({ identity: { userId: 'ana' }, live: null })
    const item = await ask({ authorization: null, subprotocols: ['oxo.v1', 'bearer.bo'], address: '192.0.2.2' })
    expect(item.pass!.identity.userId).toBe('bo')
    const both = await ask({ subprotocols: ['bearer.bo', 'oxo.v1'], address: '192.0.2.3' })
    expect(both.pass!.identity.userId).toBe('ana')
    expect(await ask({ authorization: 'Basic x', subprotocols: ['oxo.v1', 'bearer.bo'] })).toMatchObject({
      status: 401,
    })
  })

  test('[ADMIT] refusals come in the order of the protocol, whatever else is wrong', async () => {
    for (let n = 0; n < 2; n++) await ask({})
    const wrong: Partial<UpgradeRequest> = { origin: 'https://evil.example', authorization: null, subprotocols: [] }
    closedFor = refusal('UNAVAILABLE', 'draining', { retryAfterMs: 1_500 })
    expect(await ask({ ...wrong, path: '/elsewhere' })).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    const draining = await ask(wrong)
    expect(draining).toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    expect(draining.headers.get('retry-after')).toBe('2')
    closedFor = null
    const crowded = await ask(wrong)
    expect(crowded).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(crowded.headers.get('retry-after')).toBe('5')
    admission.leave('192.0.2.1')
    expect(await ask(wrong)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
    const unsigned = await ask({ ...wrong, origin: null })
    expect(unsigned).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    expect(unsigned.headers.get('www-authenticate')).toBe('Bearer')
    expect(await ask({ authorization: 'Bearer bad', subprotocols: [] })).toMatchObject({ status: 401 })
    expect(await ask({ subprotocols: [] })).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(await ask({})).toMatchObject({ status: 101 })
  })

  test('[ADMIT] an address has its sockets counted, also while tokens are checked', async () => {
    const answers = await Promise.all([ask({}), ask({}), ask({})])
    expect(answers.map(({ status }) => status)).toEqual([101, 101, 429])
    admission.leave('192.0.2.1')
    expect(await ask({})).toMatchObject({ status: 101 })
    for (let n = 0; n < 3; n++) admission.leave('192.0.2.1')
    expect(await ask({})).toMatchObject({ status: 101 })
  })

  test('[ADMIT] pages of allowed origins and of this very host may connect', async () => {
    const statuses = []
    for (const origin of ['https://oxo.example', 'http://oxo.invalid', 'https://oxo.example.evil', 'null', 'no url']) {
      statuses.push((await ask({ origin, address: origin })).status)
    }
    expect(statuses).toEqual([101, 101, 403, 403, 403])
  })

  test('[ADMIT] /games/{id}/live watches that game; an unknown one is 404', async () => {
    expect((await ask({ path: `/games/${gameId}/live` })).pass!.live).toBe(gameId)
    const unknown = gameIdOf(1, seededRandom(2))
    expect(await ask({ path: `/games/${unknown}/live` })).toMatchObject({ status: 404 })
    expect(await ask({ path: '/games/nonsense/live' })).toMatchObject({ status: 404 })
  })

  test('[LIMIT] opening a socket is a request of its account, or of the address of who has no good token', async () => {
    const { countNow: count } = createCount(memoryRateLimiter(virtualClock()), quotasOf({ signedIn: 3, anonymous: 1 }))
    countNow = count
    const bare = { origin: 'https://elsewhere.example', subprotocols: [] }
    expect((await ask({ ...bare, authorization: null })).status).toBe(403)
    const refused = await ask({ ...bare, authorization: 'Bearer' })
    expect([refused.status, refused.code]).toEqual([429, 'RATE_LIMITED'])
    expect([refused.headers.get('ratelimit-limit'), refused.headers.get('retry-after')]).toEqual(['1', '61'])
    const statuses: number[] = []
    for (let n = 1; n <= 4; n++) statuses.push((await ask({ address: `192.0.2.${n}` })).status)
    expect(statuses).toEqual([101, 101, 101, 429])
    expect((await ask({ authorization: 'Bearer bo', address: '192.0.2.9' })).status).toBe(101)
  })
})
