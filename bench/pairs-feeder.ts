import { systemClock as clock, delay } from '../kit/clock.ts'
import { fraction, systemRandom as random } from '../kit/random.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyTicketQueue } from '../ports/valkey/ticket-queue.ts'
import type { UserId } from '../protocol/ids.ts'
import { normal } from './season/chance.ts'

// Keeps so many players waiting in a queue, for bench/pairs.ts: `node bench/pairs-feeder.ts URL REGION COUNT`.

const LOOK_MS = 2
/** Enqueued at once. */
const AT_ONCE = 512
const MEAN_RATING = 1_500
const RATING_DEVIATION = 300

const [url, region, count] = process.argv.slice(2) as [string, string, string]
const valkey = await connectValkey(url, { name: 'bench-feeder' })
const queue = valkeyTicketQueue(valkey)
let made = 0

const enqueue = () => {
  const n = made++
  return queue.enqueue({
    id: `t${n}`,
    userId: `u_${n}` as UserId,
    name: `Player ${n}`,
    mode: 'ranked',
    region,
    rating: Math.round(normal(random, MEAN_RATING, RATING_DEVIATION)),
    blocked: [],
    lastOpponent: null,
    enqueuedAtMs: clock.now() - Math.floor(fraction(random) * 50),
    node: 'bench.0',
    absentSinceMs: null,
  })
}

for (;;) {
  const lacking = Number(count) - (await valkey.zcard(`{q:${region}}:ranked`))
  if (lacking <= 0) await delay(clock, LOOK_MS)
  else await Promise.all(Array.from({ length: Math.min(lacking, AT_ONCE) }, enqueue))
}
