import { join } from 'node:path'
import { embeddedDynamo } from '../ports/dynamodb/embedded.ts'

/** The DynamoDB of `npm run cluster`, a process of its own: on the disk, in `DATA_DIR`, until SIGTERM. */
const { endpoint, close } = await embeddedDynamo(join(process.env.DATA_DIR!, 'dynamodb'))
process.stdout.write(`${JSON.stringify({ event: 'dynamo_ready', endpoint })}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await close()
    process.exit(0)
  })
}
