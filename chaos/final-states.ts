import type { Clock } from '../kit/clock.ts'
import { clientFrame } from '../loadtest/frames.ts'
import { openSocket } from '../loadtest/raw-socket.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { History } from './history.ts'

export interface FinalStatesOptions {
  readonly clock: Clock
  readonly history: History
  readonly host: string
  readonly port: number
  readonly token: string
  readonly games: readonly string[]
  readonly withinMs: number
}

/** More requests than a socket may have open are refused. */
const AT_ONCE = 32

/** Watches games, one after the other, as a stranger who came late, and notes what a server says of them. */
export function readFinalStates(options: FinalStatesOptions): Promise<void> {
  const { clock, history, games } = options
  const left = [...games]
  const asked = new Map<number, string>()
  let rid = 0
  return new Promise((resolve) => {
    const t = () => Math.round(clock.monotonic() * 10) / 10
    const cancel = clock.after(options.withinMs, () => socket.destroy())
    const send = (message: Parameters<typeof encodeClient>[0]) => socket.send(clientFrame(encodeClient(message)))
    const next = () => {
      while (asked.size < AT_ONCE && left.length > 0) watch(left.pop()!)
      if (asked.size === 0) socket.end()
    }
    const watch = (gameId: string) => {
      asked.set(++rid, gameId)
      send({ type: 'watch', rid, gameId })
    }
    const done = (gameId: string) => {
      for (const [id, game] of asked) if (game === gameId) asked.delete(id)
      send({ type: 'unwatch', rid: ++rid, gameId })
      next()
    }
    const socket = openSocket(options, {
      frame(bytes, start, end) {
        const decoded = decodeServer(bytes.subarray(start, end))
        const message = decoded.ok ? decoded.value : null
        if (message?.type === 'welcome') next()
        if (message?.type === 'state') {
          const { gameId: g, game } = message
          history.add({ t: t(), e: 'final', g, moves: game.moves.join(''), status: game.status })
          done(g)
        }
        if (message?.type === 'error' && message.rid !== null && asked.has(message.rid)) {
          const g = asked.get(message.rid)!
          asked.delete(message.rid)
          if (message.code === 'NOT_FOUND') history.add({ t: t(), e: 'final', g, moves: null, status: null })
          else left.unshift(g)
          clock.after(50, next)
        }
      },
      closed() {
        cancel()
        resolve()
      },
    })
  })
}
