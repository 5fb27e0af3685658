import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { DEAD_LETTERS_MAX, type DeadLetter } from '../ports/dead-letters.ts'
import { fileEventSink } from '../ports/file/event-sink.ts'
import { openFileSigner } from '../ports/file/signer.ts'
import { finishedGame } from '../ports/finished-game.ts'
import { callOnce } from '../ports/store-failure.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyDeadLetters } from '../ports/valkey/dead-letters.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import type { GameId } from '../protocol/ids.ts'
import { eventsDestination, gamesDestination, statisticsDestination } from './destinations.ts'
import { openDatabase, openResultStores } from './open-stores.ts'

/** `npm run letters [-- --retry]`: lists the records that were given up, a line each; or writes each again and removes what is taken. */
const config = configOrExit('persistence')
const { values } = parseArgs({ options: { retry: { type: 'boolean', default: false } } })
const log = jsonLog('warn', { process: 'dead-letters' })

try {
  const valkey = await connectValkey(await valkeyUrlOf(config), { name: 'dead-letters' })
  const letters = valkeyDeadLetters(valkey)
  const all = await letters.list(DEAD_LETTERS_MAX)
  const left = values.retry ? await retry(all, letters.remove) : all
  for (const letter of left) process.stdout.write(`${JSON.stringify(letter)}\n`)
  closeValkey(valkey)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}

/** Answers those that were refused again, with the reason. */
async function retry(all: readonly DeadLetter[], remove: (letter: DeadLetter) => Promise<void>): Promise<DeadLetter[]> {
  const signer = await openFileSigner(config.recordKeysFile, { clock, log })
  if (!signer.ok) throw new Error(signer.error)
  const stores = await openResultStores(config, openDatabase(config, 'dead-letters', log))
  const sink = await fileEventSink(join(config.dataDir, 'events-dead-letters'))
  const destinations = [
    gamesDestination(stores.games, signer.value),
    // Players are told with their next rated game.
    statisticsDestination(stores.stats, async () => {}),
    eventsDestination(sink),
  ]
  const left: DeadLetter[] = []
  for (const letter of all) {
    try {
      const game = finishedGame(letter.gameId as GameId, letter.result, clock.now())
      if (!game.ok) throw new Error(game.error)
      await destinations.find(({ name }) => name === letter.destination)!.write([game.value], callOnce)
      await remove(letter)
    } catch (error) {
      left.push({ ...letter, reason: (error as Error).message })
    }
  }
  await Promise.all([stores.close(), sink.close()])
  return left
}
