import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Fault {
  readonly status: number
  readonly body: object
}

/** Leaves the last items of a BatchWriteItem undone. */
export interface Undone {
  readonly undone: number
}

/** `null`: pass the call on. `hang`: never answer. `drop`: pass it on and lose the answer. */
export type FaultFor = (operation: string, request: BatchWrite) => Fault | Undone | 'hang' | 'drop' | null

/** A request; the items are those of a BatchWriteItem. */
export interface BatchWrite {
  readonly [name: string]: unknown
  readonly RequestItems: { readonly Games: readonly { PutRequest: { Item: Record<string, unknown> } }[] }
}

export interface FaultyEndpoint {
  readonly endpoint: string
  /** What happens from now on. */
  faults: FaultFor
  /** Operations that came so far. */
  readonly calls: { readonly operation: string; readonly request: BatchWrite }[]
  close(): Promise<void>
}

export const refusing = (name: string, status = 400): Fault => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name} on purpose` },
})

/** For tests: stands before a real endpoint and answers in its place when asked to. */
export async function faultyEndpoint(behind: string): Promise<FaultyEndpoint> {
  const server = createServer(async (incoming, response) => {
    const operation = `${incoming.headers['x-amz-target']}`.split('.')[1] ?? ''
    const request = JSON.parse(await bodyOf(incoming)) as BatchWrite
    faulty.calls.push({ operation, request })
    const fault = faulty.faults(operation, request)
    if (fault === 'hang') return
    if (fault !== null && typeof fault === 'object' && 'status' in fault) {
      response.writeHead(fault.status).end(JSON.stringify(fault.body))
      return
    }
    const undone = fault !== null && typeof fault === 'object' ? fault.undone : 0
    const items = request.RequestItems?.Games ?? []
    const done = undone === 0 ? request : { RequestItems: { Games: items.slice(0, -undone) } }
    const answer = undone > 0 && undone >= items.length ? '{}' : await pass(incoming, JSON.stringify(done), response)
    if (fault === 'drop') incoming.socket.destroy()
    else if (undone === 0) response.end(answer)
    else response.end(JSON.stringify({ UnprocessedItems: { Games: items.slice(-undone) } }))
  })

  /** The answer of the endpoint behind; its status is taken over. */
  async function pass(incoming: IncomingMessage, body: string, response: ServerResponse): Promise<string> {
    const headers = { ...incoming.headers } as Record<string, string>
    for (const name of ['host', 'connection', 'content-length']) delete headers[name]
    const answer = await fetch(behind, { method: 'POST', headers, body })
    response.statusCode = answer.status
    return answer.text()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const faulty: FaultyEndpoint = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: () => null,
    calls: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return faulty
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
