import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { endingWithUs } from '../kit/children.ts'
import { freePort } from './free-port.ts'

/** A real store on a free loopback port, in a folder of its own. Ends with `stop`, at the latest with this process. */
export interface TestStore {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Starts anew on the same port and folder after `kill`. */
  start(): Promise<void>
  /** Ends the server (default: its `endsBy`); resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>
}

/** What one kind of store is. */
export interface StoreProgram {
  /** Its own, with all that it keeps. */
  readonly folder: string
  /** The signal that ends it at once. */
  readonly endsBy: NodeJS.Signals
  readonly spawn: (port: number) => ChildProcess
  /** Where it says that it is ready, and how. */
  readonly says: (server: ChildProcess) => Readable
  readonly ready: string
  readonly urlOf: (port: number) => string
}

const START_TRIES = 3
/** Of what a store says: enough for its start, and for the reason of a start that fails. */
const HEARD_CHARS_MAX = 10_000
const LAST_WORDS_CHARS = 500

export async function startStore(program: StoreProgram): Promise<TestStore> {
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    try {
      return testStore(program, port, await launched(program, port))
    } catch (error) {
      if (tries === START_TRIES) throw error // the port was free a moment ago: somebody was faster
    }
  }
}

function testStore(program: StoreProgram, port: number, first: ChildProcess): TestStore {
  const { folder, endsBy, urlOf } = program
  let server = first
  const kill = async (signal: NodeJS.Signals = endsBy) => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await gone
  }
  return {
    url: urlOf(port),
    port,
    get pid() {
      return server.pid!
    },
    async start() {
      server = await launched(program, port)
    },
    kill,
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function launched({ spawn, endsBy, says, ready }: StoreProgram, port: number): Promise<ChildProcess> {
  const server = endingWithUs(spawn(port), endsBy)
  return new Promise((resolve, reject) => {
    const said = hearing(says(server), (text) => text.includes(ready) && resolve(server))
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`${server.spawnfile} ended with ${code}: ${said()}`)))
  })
}

/** The last words of the beginning of what a process says. All of it is read, so that the process never waits. */
export function hearing(stream: Readable, heard: (text: string) => void = () => {}): () => string {
  let output = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    if (output.length > HEARD_CHARS_MAX) return
    output += text
    heard(output)
  })
  return () => output.slice(-LAST_WORDS_CHARS)
}
