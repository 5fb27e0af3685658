import { Agent, request } from 'node:http'

/** Sign-ins under way at once. */
const SIGNING_IN_MAX = 32

export interface GuestOptions {
  readonly host: string
  readonly port: number
  readonly count: number
  /** The source address of guest `index`; undefined for the default one. */
  readonly addressOf: (index: number) => string | undefined
}

/** Signs in new guests over a few kept connections; resolves to their access tokens. @throws when one is refused */
export async function signInGuests(options: GuestOptions): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: SIGNING_IN_MAX })
  const tokens = new Array<string>(options.count)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < options.count; index = next++) tokens[index] = await signIn(options, agent, index)
  }
  await Promise.all(Array.from({ length: Math.min(SIGNING_IN_MAX, options.count) }, worker))
  agent.destroy()
  return tokens
}

function signIn({ host, port, addressOf }: GuestOptions, agent: Agent, index: number): Promise<string> {
  const localAddress = addressOf(index)
  const headers = { 'content-type': 'application/json', 'content-length': '2' }
  const source = localAddress === undefined ? {} : { localAddress }
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path: '/auth/guest', method: 'POST', agent, headers, ...source }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const token = response.statusCode === 201 ? tokenOf(body) : undefined
        if (token === undefined) reject(new Error(`POST /auth/guest: ${response.statusCode} ${body.slice(0, 200)}`))
        else resolve(token)
      })
    })
    call.on('error', reject)
    call.end('{}')
  })
}

const tokenOf = (body: string): string | undefined => (JSON.parse(body) as { accessToken?: string }).accessToken
