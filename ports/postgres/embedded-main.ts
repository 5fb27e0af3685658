import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/** The thread of `openEmbedded`: takes what a client would send to a server, in order, and answers it. Null: the end. */
const pglite = await PGlite.create(workerData as string)
const port = parentPort!
let last: Promise<void> = Promise.resolve()

port.on('message', (sent: Uint8Array | null) => {
  last = last.then(async () => {
    if (sent === null) {
      await pglite.close()
      process.exit(0)
    }
    const answer = await pglite.execProtocolRaw(sent)
    // It may lie in the memory of the database, which the next call changes.
    port.postMessage(Uint8Array.from(answer))
  })
})
port.postMessage('ready')
