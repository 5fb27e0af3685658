import { fraction, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { ServerMessage } from '../protocol/messages.ts'
import { PLAY_PATH, SUBPROTOCOL } from '../protocol/version.ts'
import type { PlayerSocket, SocketHandlers, SocketHub } from '../server/socket/hub.ts'
import type { Process } from './process.ts'

/** A client's end of a socket. */
export interface ClientSocket {
  readonly id: number
  readonly userId: string
  /** One frame towards the server. */
  send(frame: Uint8Array): void
  /** The connection breaks: each side notices in its own time. */
  cut(): void
}

export interface ClientEnd {
  opened(socket: ClientSocket): void
  refused(status: number): void
  message(socket: ClientSocket, message: ServerMessage): void
  closed(socket: ClientSocket, code: number): void
}

/** Sees every frame at the moment at which it passes between the server's code and its socket. */
export interface HubTap {
  asked(node: string, socket: number, userId: string, frame: Uint8Array): void
  /** Decodes the frame and judges it. */
  shown(node: string, socket: number, userId: string, frame: Uint8Array): ServerMessage | null
  gone(socket: number): void
}

export interface MemoryHub extends SocketHub {
  connect(userId: string, client: ClientEnd): void
  /** Every socket breaks. */
  cutAll(): void
  sockets(): number
}

export interface MemoryHubOptions {
  readonly clock: VirtualClock
  readonly random: Random
  readonly process: Process
  readonly tap: HubTap
  readonly nextSocketId: () => number
}

const LATENCY_MS = 2
const JITTER_MS = 15
/** How long a side may take to notice that a connection broke, in ms. */
const NOTICE_MS = 800
const BROKEN = 1006

/** Sockets in memory: the same handlers as in production, clients behind links with delay that may break. */
export function memoryHub(options: MemoryHubOptions): MemoryHub {
  const { clock, random, process, tap } = options
  const open = new Map<number, { cut(): void; end(code: number): void }>()
  let connect: MemoryHub['connect'] | null = null
  const latencyMs = () => LATENCY_MS + fraction(random) * JITTER_MS

  function attach<Pass, Connection>(handlers: SocketHandlers<Pass, Connection>): MemoryHub['connect'] {
    return (userId, client) => {
      const request = {
        path: PLAY_PATH,
        host: 'sim',
        origin: null,
        authorization: `Bearer ${userId}`,
        forwardedFor: null,
        subprotocols: [SUBPROTOCOL],
        address: '127.0.0.1',
        requestId: 'sim',
      }
      process.enter(() => {
        Promise.resolve(handlers.admit(request)).then((admission) => {
          if (admission.type === 'admitted') openSocket(handlers, admission.pass, userId, client)
          else clock.after(latencyMs(), () => client.refused(admission.refusal.status))
        })
      })
    }
  }

  function openSocket<Pass, Connection>(
    handlers: SocketHandlers<Pass, Connection>,
    pass: Pass,
    userId: string,
    client: ClientEnd,
  ): void {
    const id = options.nextSocketId()
    let serverOpen = true
    let clientOpen = true
    let broken = false
    let toClientMs = 0
    let toServerMs = 0

    /** In order, as TCP delivers. */
    function toClient(run: () => void): void {
      toClientMs = Math.max(toClientMs, clock.monotonic() + latencyMs())
      clock.after(toClientMs - clock.monotonic(), run)
    }

    function closeClient(code: number): void {
      if (!clientOpen) return
      clientOpen = false
      client.closed(clientSocket, code)
    }

    function closeServer(code: number): void {
      process.enter(() => {
        if (!serverOpen) return
        serverOpen = false
        open.delete(id)
        tap.gone(id)
        handlers.closed(connection, code)
      })
    }

    function cut(): void {
      if (broken) return
      broken = true
      clock.after(fraction(random) * NOTICE_MS, () => closeClient(BROKEN))
      clock.after(fraction(random) * NOTICE_MS, () => closeServer(BROKEN))
    }

    const socket: PlayerSocket = {
      send(frame) {
        const message = serverOpen ? tap.shown(process.name, id, userId, frame) : null
        if (message === null || broken) return true
        toClient(() => {
          if (clientOpen && !broken) client.message(clientSocket, message)
        })
        return true
      },
      cork: (run) => run(),
      ping() {
        if (!broken) clock.after(2 * latencyMs(), () => process.enter(() => serverOpen && handlers.pong(connection)))
      },
      end(code) {
        if (!serverOpen) return
        if (!broken) toClient(() => closeClient(code))
        clock.endOfTurn(() => closeServer(code))
      },
    }
    const clientSocket: ClientSocket = {
      id,
      userId,
      send(frame) {
        if (!clientOpen || broken) return
        toServerMs = Math.max(toServerMs, clock.monotonic() + latencyMs())
        clock.after(toServerMs - clock.monotonic(), () => {
          if (broken) return
          process.enter(() => {
            if (!serverOpen) return
            tap.asked(process.name, id, userId, frame)
            handlers.frame(connection, frame, true)
          })
        })
      },
      cut,
    }
    const connection = handlers.opened(socket, pass)
    open.set(id, { cut, end: (code) => socket.end(code as Parameters<PlayerSocket['end']>[0], '') })
    toClient(() => {
      if (clientOpen) client.opened(clientSocket)
    })
  }

  return {
    async listen(handlers) {
      connect = attach(handlers)
      return { port: 0 }
    },
    stopListening() {
      connect = null
    },
    close() {
      for (const socket of [...open.values()]) socket.end(1001)
    },
    connect(userId, client) {
      if (connect !== null && process.alive()) connect(userId, client)
      else clock.after(latencyMs(), () => client.refused(0))
    },
    cutAll() {
      for (const socket of [...open.values()]) socket.cut()
    },
    sockets: () => open.size,
  }
}
