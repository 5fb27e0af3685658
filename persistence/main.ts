import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { acknowledgeResults, NOWHERE } from '../ports/acknowledge-results.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyResultOutbox } from '../ports/valkey/result-outbox.ts'

const config = configOrExit('persistence')
const log = jsonLog(config.logLevel, { process: 'persistence', node: config.nodeId })
const reader = `persistence-${config.nodeId}.${Buffer.from(random.bytes(6)).toString('hex')}`

try {
  const valkeyUrl = await valkeyUrlOf(config)
  const onError = (error: Error) => log.warn('valkey_connection_failed', { error })
  const valkey = await connectValkey(valkeyUrl, { name: reader, onError })
  const registry = valkeyNodeRegistry(valkey)
  const outbox = valkeyResultOutbox(valkey, {
    shards: async () => (await registry.routes()).map(({ shard }) => shard),
    destinations: [NOWHERE],
    reader,
  })
  const stop = acknowledgeResults(outbox, clock, log)
  log.info('persistence_ready', { reader })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await stop()
      log.info('persistence_stopped')
      process.exit(0)
    })
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
