import { connect, type Socket } from 'node:net'
import { systemClock as clock } from '../kit/clock.ts'
import { createHistogram, type Histogram } from '../loadtest/histogram.ts'

/** One kept connection that asks one question at a time. */
interface Connection {
  ask(request: string, answered: () => void): void
  close(): void
}

export interface Load {
  /** Every connection asks again as soon as it is answered; requests a second, and how long one took. */
  closedLoop(durationMs: number): Promise<{ readonly perSecond: number; readonly took: Histogram }>
  /** So many a second, due at even times whether earlier ones are answered or not: from when one was due to its answer. */
  openLoop(perSecond: number, durationMs: number): Promise<Histogram>
  close(): void
}

const END_OF_HEAD = '\r\n\r\n'
const TICK_MS = 2

/** @param requests what is asked, whole HTTP/1.1 requests without a body, in turn. Any answer but 200 is an error: nothing was measured then. */
export async function httpLoad(port: number, connections: number, requests: readonly string[]): Promise<Load> {
  const opened = await Promise.all(Array.from({ length: connections }, () => open(port)))
  let asked = 0
  const next = (): string => requests[asked++ % requests.length]!

  async function closedLoop(durationMs: number) {
    const took = createHistogram()
    const startedMs = clock.monotonic()
    const untilMs = startedMs + durationMs
    await Promise.all(
      opened.map(
        (connection) =>
          new Promise<void>((resolve) => {
            const askNext = (): void => {
              const sentMs = clock.monotonic()
              if (sentMs >= untilMs) return resolve()
              connection.ask(next(), () => {
                took.record((clock.monotonic() - sentMs) * 1_000)
                askNext()
              })
            }
            askNext()
          }),
      ),
    )
    return { perSecond: (took.count() * 1_000) / (clock.monotonic() - startedMs), took }
  }

  function openLoop(perSecond: number, durationMs: number): Promise<Histogram> {
    const took = createHistogram()
    const idle = [...opened]
    const due: number[] = []
    const total = Math.round((perSecond * durationMs) / 1_000)
    const startedMs = clock.monotonic()
    let planned = 0
    return new Promise((resolve) => {
      function send(): void {
        while (due.length > 0 && idle.length > 0) {
          const dueMs = due.shift()!
          const connection = idle.pop()!
          connection.ask(next(), () => {
            took.record((clock.monotonic() - dueMs) * 1_000)
            idle.push(connection)
            if (took.count() === total) resolve(took)
            else send()
          })
        }
      }
      function tick(): void {
        const nowMs = clock.monotonic()
        for (; planned < total && startedMs + (planned * 1_000) / perSecond <= nowMs; planned++)
          due.push(startedMs + (planned * 1_000) / perSecond)
        send()
        if (planned < total) clock.after(TICK_MS, tick)
      }
      tick()
    })
  }

  return {
    closedLoop,
    openLoop,
    close: () => {
      for (const connection of opened) connection.close()
    },
  }
}

async function open(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let answered = (): void => {}
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
    const head = received.indexOf(END_OF_HEAD)
    if (head === -1) return
    const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))
    if (length === null || !received.startsWith('HTTP/1.1 200 ')) throw new Error(`unexpected answer: ${received}`)
    if (received.length < head + END_OF_HEAD.length + Number(length[1])) return
    received = ''
    answered()
  })
  return {
    ask(request, done) {
      answered = done
      socket.write(request)
    },
    close: () => socket.destroy(),
  }
}
