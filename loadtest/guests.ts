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

/** What the platform gives to a player: the access token ends after `expiresIn` s, the refresh token is good for one new pair. */
export interface GuestSession {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

/** Signs in new guests over a few kept connections; resolves to their access tokens. @throws when one is refused */
export const signInGuests = async (options: GuestOptions): Promise<string[]> =>
  (await signInSessions(options)).map(({ accessToken }) => accessToken)

/** As `signInGuests`, for a run that may outlive an access token. */
export async function signInSessions(options: GuestOptions): Promise<GuestSession[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: SIGNING_IN_MAX })
  const sessions = new Array<GuestSession>(options.count)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < options.count; index = next++) {
      sessions[index] = await post(options, agent, index, '/auth/guest', {})
    }
  }
  await Promise.all(Array.from({ length: Math.min(SIGNING_IN_MAX, options.count) }, worker))
  agent.destroy()
  return sessions
}

/** A fresh pair for the guest of this index. @throws when it is refused */
export const refreshSession = (options: GuestOptions, index: number, { refreshToken }: GuestSession) =>
  post(options, undefined, index, '/auth/refresh', { refreshToken })

function post(
  { host, port, addressOf }: GuestOptions,
  agent: Agent | undefined,
  index: number,
  path: string,
  sent: object,
): Promise<GuestSession> {
  const localAddress = addressOf(index)
  const text = JSON.stringify(sent)
  const headers = { 'content-type': 'application/json', 'content-length': text.length }
  const source = { ...(localAddress !== undefined && { localAddress }), ...(agent !== undefined && { agent }) }
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path, method: 'POST', headers, ...source }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const good = response.statusCode === 201 || response.statusCode === 200
        if (good) resolve(JSON.parse(body) as GuestSession)
        else reject(new Error(`POST ${path}: ${response.statusCode} ${body.slice(0, 200)}`))
      })
    })
    call.on('error', reject)
    call.end(text)
  })
}
