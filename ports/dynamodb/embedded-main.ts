import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import dynalite from 'dynalite'
import { gatherStoreCalls } from './embedded-store.ts'

/** The thread of `embeddedDynamo`: serves until it is told to close. */
const path = workerData as string | null
gatherStoreCalls()
const server = dynalite({ createTableMs: 0, ...(path === null ? {} : { path }) })

// It throws when a caller hangs up, which would end the thread; what nobody waits for needs no answer.
const [answer] = server.listeners('request') as ((request: unknown, response: unknown) => void)[]
server.removeAllListeners('request')
server.on('request', (request, response) => {
  answer!(request, response)
  request.removeAllListeners('error').on('error', () => {})
})

server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port))
parentPort!.once('message', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
