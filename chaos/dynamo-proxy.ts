import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fraction, type Random } from '../kit/random.ts'

export type CallMoment = 'call' | 'reply'

/** Of all calls, as shares 0..1: some are refused for load, some fail, half of them after they took effect. */
export interface DynamoFaults {
  readonly throttled: number
  readonly failed: number
}

const NO_FAULTS: DynamoFaults = { throttled: 0, failed: 0 }
const ERRORS = {
  throttled: [400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'],
  failed: [500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'],
  away: [503, 'com.amazonaws.dynamodb.v20120810#ServiceUnavailable'],
} as const

/** An HTTP proxy in front of DynamoDB whose faults are switched while it runs. */
export async function startDynamoProxy(random: Random, endpoint: string) {
  const agent = new Agent({ keepAlive: true })
  let faults = NO_FAULTS
  let hooks: { readonly moment: CallMoment; left: number; readonly run: () => void }[] = []

  function strike(moment: CallMoment): void {
    for (const hook of hooks) {
      if (hook.moment !== moment || --hook.left > 0) continue
      hooks = hooks.filter((other) => other !== hook)
      hook.run()
    }
  }

  function pass(incoming: IncomingMessage, outgoing: ServerResponse, loseReply: boolean): void {
    const { method, headers } = incoming
    const upstream = request(endpoint, { agent, method, headers }, (answer) => {
      strike('reply')
      if (loseReply) {
        answer.resume()
        return refuse(outgoing, 'failed')
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    upstream.on('error', () => refuse(outgoing, 'away'))
    incoming.pipe(upstream)
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => {}) // who asked is gone
    strike('call')
    const dice = fraction(random)
    if (dice < faults.throttled) {
      incoming.resume()
      return refuse(outgoing, 'throttled')
    }
    const fails = dice < faults.throttled + faults.failed
    if (!fails || fraction(random) < 0.5) return pass(incoming, outgoing, fails)
    incoming.resume()
    refuse(outgoing, 'failed')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on; `{}` heals. */
    set(next: Partial<DynamoFaults>): void {
      faults = { ...NO_FAULTS, ...next }
    },
    /** Calls `run` when the n-th call from now arrives, or its answer is about to leave. */
    at(moment: CallMoment, n: number, run: () => void): void {
      hooks.push({ moment, left: n, run })
    },
    async stop(): Promise<void> {
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type DynamoProxy = Awaited<ReturnType<typeof startDynamoProxy>>

function refuse(outgoing: ServerResponse, kind: keyof typeof ERRORS): void {
  if (outgoing.headersSent) return void outgoing.destroy()
  const [status, type] = ERRORS[kind]
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
  outgoing.end(JSON.stringify({ __type: type, message: `a fault of this run: ${kind}` }))
}
