import { connect } from 'node:net'

const TIMEOUT_MS = 3_000

/** One command to the Valkey or Redis on a loopback port, on a connection of its own. Answers a status, number or bulk reply. @throws its error */
export function command(port: number, ...args: readonly (string | number)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const end = (settle: () => void) => {
      socket.destroy()
      settle()
    }
    let text = ''
    socket.setTimeout(TIMEOUT_MS, () => end(() => reject(new Error(`${args[0]}: no answer`))))
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('close', () => reject(new Error(`${args[0]}: connection closed`)))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const line = text.indexOf('\r\n')
      if (line < 0) return
      const first = text.slice(1, line)
      if (text[0] === '-') end(() => reject(new Error(`${args[0]}: ${first}`)))
      else if (text[0] !== '$') end(() => resolve(first))
      else if (text.length >= line + 4 + Number(first))
        end(() => resolve(text.slice(line + 2, line + 2 + Number(first))))
    })
    const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`)
    socket.write(`*${args.length}\r\n${parts.join('')}`)
  })
}
