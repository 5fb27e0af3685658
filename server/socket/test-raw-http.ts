import { connect, type Socket } from 'node:net'

/** For tests: a connection that says exactly what it is told to. */
export interface RawHttp {
  readonly socket: Socket
  write(text: string | Uint8Array): void
  /** Everything received so far, once it matches. Rejects when the peer closes before. */
  until(pattern: RegExp): Promise<string>
  /** Everything received until the peer closed. */
  closed(): Promise<string>
}

export async function rawHttp(port: number): Promise<RawHttp> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  let ended = false
  let changed = () => {}
  const change = () => new Promise<void>((resolve) => (changed = resolve))
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    received += text
    changed()
  })
  // A reset is a way to close; what matters is what came before.
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    changed()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return {
    socket,
    write: (text) => void socket.write(text),
    async until(pattern) {
      while (!pattern.test(received)) {
        if (ended) throw new Error(`closed before ${pattern}: ${received}`)
        await change()
      }
      return received
    },
    async closed() {
      while (!ended) await change()
      return received
    },
  }
}

/** A whole answer with a body of JSON. */
export const COMPLETE_JSON = /\r\n\r\n\{.*\}$/s
