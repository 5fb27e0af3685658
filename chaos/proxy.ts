import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../kit/clock.ts'
import { fraction, type Random } from '../kit/random.ts'

export type Direction = 'up' | 'down'

/** What a proxy does to what passes; all connections at once. `up` is towards the target. */
export interface Faults {
  /** Every chunk is late by so much, ms, and by up to `jitterMs` more; order is kept. */
  readonly latencyMs: number
  readonly jitterMs: number
  /** Nothing passes in these directions, and nobody is told; what waited passes late when it ends, as TCP would. */
  readonly held: readonly Direction[]
  /** New connections are reset. */
  readonly refused: boolean
}

const NO_FAULTS: Faults = { latencyMs: 0, jitterMs: 0, held: [], refused: false }

export interface Address {
  readonly host: string
  readonly port: number
}

interface Pipe {
  readonly from: Socket
  readonly to: Socket
  readonly direction: Direction
  /** Held back until the fault is over. */
  readonly waiting: Buffer[]
  /** Under way, oldest first. Timers only say when the next one leaves: they may fire late and out of order. */
  readonly late: Buffer[]
  lastDueMs: number
}

interface Hook {
  readonly direction: Direction
  /** Which chunks count. */
  readonly of: (chunk: Buffer) => boolean
  left: number
  readonly run: (resetBoth: () => void) => 'pass' | 'swallow'
}

/** A TCP proxy on a loopback port whose faults are switched while it runs. `target` is asked for each new connection. */
export async function startProxy(clock: Clock, random: Random, target: () => Address) {
  const pipes = new Set<Pipe>()
  const sockets = new Set<Socket>()
  let hooks: Hook[] = []
  let faults = NO_FAULTS

  const server: Server = createServer({ noDelay: true }, (client) => {
    if (faults.refused) return void client.resetAndDestroy()
    const upstream = connect({ ...target(), noDelay: true })
    const both = [client, upstream]
    const up = pipe(client, upstream, 'up')
    const down = pipe(upstream, client, 'down')
    const gone = () => {
      pipes.delete(up)
      pipes.delete(down)
      for (const socket of both) {
        sockets.delete(socket)
        socket.destroy()
      }
    }
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', () => {}) // 'close' follows
      socket.on('close', gone)
    }
  })

  function pipe(from: Socket, to: Socket, direction: Direction): Pipe {
    const made: Pipe = { from, to, direction, waiting: [], late: [], lastDueMs: 0 }
    pipes.add(made)
    from.on('data', (chunk: Buffer) => {
      if (strike(made, chunk) === 'swallow') return
      if (faults.held.includes(direction)) {
        made.waiting.push(chunk)
        from.pause()
      } else pass(made, chunk)
    })
    // While nothing passes, the end of a connection does not either.
    from.on('end', () => {
      if (!faults.held.includes(direction)) to.end()
    })
    return made
  }

  function pass(made: Pipe, chunk: Buffer): void {
    const { to, from } = made
    if (faults.latencyMs + faults.jitterMs === 0 && made.late.length === 0) {
      if (!to.write(chunk)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
      return
    }
    const dueMs = clock.monotonic() + faults.latencyMs + fraction(random) * faults.jitterMs
    made.lastDueMs = Math.max(made.lastDueMs, dueMs)
    made.late.push(chunk)
    clock.after(made.lastDueMs - clock.monotonic(), () => to.write(made.late.shift()!))
  }

  /** Runs the hook that this chunk was counted down to. */
  function strike({ from, to, direction }: Pipe, chunk: Buffer): 'pass' | 'swallow' {
    let fate: 'pass' | 'swallow' = 'pass'
    for (const hook of hooks) {
      if (hook.direction !== direction || !hook.of(chunk) || --hook.left > 0) continue
      hooks = hooks.filter((other) => other !== hook)
      const answer = hook.run(() => {
        from.resetAndDestroy()
        to.resetAndDestroy()
      })
      if (answer === 'swallow') fate = answer
    }
    return fate
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }

  return {
    port,
    /** From now on; `{}` heals. */
    set(next: Partial<Faults>): void {
      faults = { ...NO_FAULTS, ...next }
      for (const made of pipes) {
        if (faults.held.includes(made.direction)) continue
        for (const chunk of made.waiting.splice(0)) pass(made, chunk)
        made.from.resume()
      }
    },
    /** Resets every connection; whoever reconnects reaches the target of that moment. */
    reset(): void {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    /** The n-th reply from now never arrives, though its command was applied: the connection breaks instead. */
    loseReply: (n = 1) =>
      new Promise<void>((resolve) => {
        hooks.push({
          direction: 'down',
          of: anyChunk,
          left: n,
          run(resetBoth) {
            resetBoth()
            resolve()
            return 'swallow'
          },
        })
      }),
    /** Calls `run` in the moment when the n-th chunk from now in that direction, of those that `of` counts, is about to pass. */
    at(direction: Direction, n: number, run: () => void, of: (chunk: Buffer) => boolean = anyChunk): void {
      hooks.push({
        direction,
        of,
        left: n,
        run: () => {
          run()
          return 'pass'
        },
      })
    },
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
const anyChunk = (): boolean => true

export type FaultProxy = Awaited<ReturnType<typeof startProxy>>
