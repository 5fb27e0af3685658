import { expect, test } from 'vitest'
import { CANCEL, type Client, FIND, is, QUEUE, STATE, signIn } from './client.ts'
import { witnessedScene } from './scene.ts'

/** Bad input to the queue, on a server that lets floods through to it. */

/** Requests that are under way at once: more than 1,000 a second on any machine. */
const BURST = 50
/** Of a process that counts, stores and forgets thousands of tickets: what collections may leave behind. */
const GROWTH_BYTES_MAX = 40 * 1024 * 1024

const { server, here, game } = witnessedScene({ TURN_SECONDS: '3600', RATE_LIMIT_FRAMES: '5000' })

test.each([['elite'], [''], [7], [null], [{ mode: 'ranked' }]])('[BAD_REQUEST] FIND %j is no mode', async (mode) => {
  const client = await here.newcomer()
  expect((await client.refused(FIND, mode)).code).toBe('BAD_REQUEST')
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
})

test('[FIND] nobody can ask for a region: who names one is paired where their account is', async () => {
  const [a, b] = [await here.newcomer(), await here.newcomer()]
  await a.ok(FIND, 'ranked', { region: 'nowhere' })
  await b.ok(FIND, 'ranked', { region: '../local', level: 2 })
  await Promise.all([a.seen(is(STATE)), b.seen(is(STATE))])
})

test('[ALREADY_QUEUED] FIND twice, in any mode and from any socket, is one ticket', async () => {
  const guest = await signIn(server.url)
  const sockets = await Promise.all([here.again(guest), here.again(guest)])
  const answers = await Promise.all(
    sockets.flatMap((socket) => [socket.request(FIND, 'ranked'), socket.request(FIND, 'casual')]),
  )
  const codes = answers.map((answer) => (answer.ok ? 'OK' : answer.code)).sort()
  expect(codes.filter((code) => code === 'OK')).toHaveLength(1)
  expect(codes.every((code) => ['ALREADY_QUEUED', 'OK', 'UNAVAILABLE'].includes(code))).toBe(true)
  await sockets[1]!.ok(CANCEL)
  expect((await sockets[0]!.refused(CANCEL)).code).toBe('NOT_QUEUED')
})

test('[ALREADY_PLAYING] FIND while playing names the game; CANCEL is NOT_QUEUED', async () => {
  for (const mode of ['casual', 'ranked', 'bot'])
    expect(await game.x.refused(FIND, mode)).toEqual({
      code: 'ALREADY_PLAYING',
      details: { gameId: game.gameId },
    })
  expect((await game.o.refused(CANCEL)).code).toBe('NOT_QUEUED')
})

test('[flood] thousands of FIND and CANCEL of one player at once: each answered by the rules, memory flat, others paired at once', async () => {
  const attacker = await here.newcomer()
  await flood(attacker, 2_000)
  const before = await residentBytes()
  const attack = flood(attacker, 4_000)
  const table = await here.paired('ranked')
  expect(table.gameId).toBeTruthy()
  const codes = await attack
  expect([...codes].filter((code) => !['OK', 'ALREADY_QUEUED', 'NOT_QUEUED', 'UNAVAILABLE'].includes(code))).toEqual([])
  expect(codes).toContain('OK')
  expect((await residentBytes()) - before).toBeLessThan(GROWTH_BYTES_MAX)
  expect(attacker.socket.readyState).toBe(attacker.socket.OPEN)
  await attacker.request(CANCEL)
  expect((await attacker.refused(CANCEL)).code).toBe('NOT_QUEUED')
  const from = attacker.frames.length
  await attacker.ok(FIND, 'casual')
  await attacker.seen(is(QUEUE, 'casual'), from)
})

/** So many FINDs and CANCELs in turn, a burst at once; the codes that came. */
async function flood(client: Client, requests: number): Promise<ReadonlySet<string>> {
  const codes = new Set<string>()
  for (let sent = 0; sent < requests; sent += BURST) {
    const asked = Array.from({ length: BURST }, (_, n) =>
      n % 2 === 0 ? client.request(FIND, 'casual') : client.request(CANCEL),
    )
    for (const answer of await Promise.all(asked)) codes.add(answer.ok ? 'OK' : answer.code)
  }
  return codes
}

async function residentBytes(): Promise<number> {
  const text = await (await fetch(`${server.adminUrl}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1])
}
