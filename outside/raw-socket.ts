import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type Handshake, handshake } from './handshake.ts'

/** A WebSocket without a library: it reads only when told to, and can send whatever it likes. */
export interface RawSocket {
  readonly tcp: Socket
  /** Sends frames of these payloads; resolves when the kernel has them, false when the connection is gone. */
  send(payloads: readonly Uint8Array[]): Promise<boolean>
  /** Reads on until the other side is gone. The payloads of all whole frames that came, by opcode. */
  readAll(): Promise<readonly { readonly opcode: number; readonly payload: Buffer }[]>
}

/** Opens one and stops reading at once. */
export async function openRaw(url: string, token: string): Promise<RawSocket> {
  const opened: Handshake = await handshake(url, { headers: { authorization: `Bearer ${token}` } })
  const tcp = opened.socket as Socket
  tcp.pause()
  let gone = false
  const ended = new Promise<void>((resolve) => tcp.once('close', () => resolve()))
  tcp.on('error', () => {})
  void ended.then(() => {
    gone = true
  })

  return {
    tcp,
    async send(payloads) {
      if (gone || tcp.destroyed) return false
      return new Promise((resolve) => {
        tcp.write(Buffer.concat(payloads.flatMap(masked)), (error) => resolve(!error))
      })
    },
    async readAll() {
      const chunks: Buffer[] = []
      tcp.on('data', (chunk: Buffer) => chunks.push(chunk))
      tcp.resume()
      if (!gone) await once(tcp, 'close')
      return framesIn(Buffer.concat(chunks))
    },
  }
}

/** Masked by zeros, which is masked enough for a server. */
const masked = (payload: Uint8Array): Uint8Array[] => [Uint8Array.of(0x82, 0x80 | payload.length, 0, 0, 0, 0), payload]

function framesIn(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const short = bytes[at + 1]! & 0x7f
    const head = short === 126 ? 4 : 2
    if (at + head > bytes.length) break
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short
    if (at + head + length > bytes.length) break
    frames.push({ opcode: bytes[at]! & 0x0f, payload: bytes.subarray(at + head, at + head + length) })
    at += head + length
  }
  return frames
}
