import { expect, test } from 'vitest'
import { startTestServer } from '../scripts/test-server.ts'
import { AUTH, ENDED, FIND, type Guest, is, RESIGN } from './client.ts'
import { company, play, X_WINS } from './company.ts'
import { handshake } from './handshake.ts'
import { fetchJson } from './rest.ts'

test('[logs] hold no token, whatever is asked for and however it fails', async () => {
  const server = await startTestServer({ LOG_LEVEL: 'debug' })
  const here = company(() => server.url)
  const { url } = server
  const secrets = new Set<string>()
  const keep = (guest: Guest) => {
    secrets.add(guest.accessToken)
    secrets.add(guest.refreshToken)
  }
  try {
    const table = await here.paired('casual')
    await play(table, X_WINS)
    await table.x.seen(is(ENDED, table.gameId))
    const { guest } = table.x
    for (const player of [table.x, table.o]) keep(player.guest)

    const fresh = (await fetchJson(url, 'POST', '/auth/refresh', { body: { refreshToken: guest.refreshToken } }))
      .body as Guest
    keep(fresh)
    await table.x.ok(AUTH, fresh.accessToken)
    await table.o.refused(AUTH, fresh.accessToken)
    const broken = `${fresh.accessToken.slice(0, -6)}BROKEN`
    await table.x.refused(AUTH, broken)
    const bySubprotocol = await here.newcomer({ tokenIn: 'subprotocol' })
    keep(bySubprotocol.guest)
    const bot = await bySubprotocol.ok(FIND, 'bot')
    await bySubprotocol.ok(RESIGN, bot)

    for (const token of [fresh.accessToken, broken, fresh.refreshToken]) {
      await handshake(url, { path: `/v1/play?token=${token}` })
      await handshake(url, { path: `/${token}`, headers: { authorization: `Bearer ${token}` } })
      await handshake(url, { headers: { 'sec-websocket-protocol': `oxo.v1, bearer.${token}x` } })
      await fetchJson(url, 'POST', '/games', { token, body: { mode: 'nonsense', token } })
      await fetchJson(url, 'POST', `/games?access_token=${token}`, { raw: `{"refreshToken":"${token}"` })
      await fetchJson(url, 'GET', `/games/${token.slice(0, 64)}`, { token })
      await fetchJson(url, 'POST', '/auth/refresh', { raw: `{"refreshToken":"${token}"` })
      await fetchJson(url, 'POST', '/auth/refresh', { body: { refreshToken: token } })
      await fetchJson(url, 'POST', '/auth/refresh', { body: { refreshToken: [token] } })
    }
    expect(await here.dismiss()).toEqual([])
  } finally {
    await server.stop()
  }
  const logged = server.lines.join('\n')
  expect(logged).toContain('signed_in')
  expect(secrets.size).toBeGreaterThanOrEqual(7)
  // The parts that make a token good: a JWT's claims and signature, the last part of a refresh token.
  for (const secret of secrets)
    for (const part of secret.split('.').slice(1)) if (part.length > 8) expect(logged).not.toContain(part)
  expect(logged).not.toMatch(/eyJ[\w-]{10,}\.|PRIVATE KEY|"d":"/)
})
