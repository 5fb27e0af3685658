import { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'

/** The thread's end of a connection, as `pg` expects of a socket: one at a time, for PostgreSQL in a thread has one session. */
export class EmbeddedStream extends Duplex {
  readonly #worker: Worker
  readonly #receive = (bytes: Uint8Array): void => {
    this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  readonly #lost = (): void => {
    this.destroy(new Error('embedded PostgreSQL has ended'))
  }

  constructor(worker: Worker) {
    super()
    this.#worker = worker
  }

  connect(): this {
    // A thread that has ended has no id any more.
    if (this.#worker.threadId === -1) setImmediate(this.#lost)
    else setImmediate(() => this.emit('connect'))
    this.#worker.on('message', this.#receive).once('exit', this.#lost)
    return this
  }

  override _read(): void {}

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#worker.postMessage(Uint8Array.from(Buffer.concat(chunks.map(({ chunk }) => chunk))))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#worker.off('message', this.#receive).off('exit', this.#lost)
    done(error)
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
