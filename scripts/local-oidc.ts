import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration, interactionPolicy } from 'oidc-provider'

/** An OpenID provider on this machine, for development and tests: whoever gives a name is that person. Never part of a deployment. */
export interface LocalOidc {
  readonly issuer: string
  /** For `AUTH_PROVIDERS_FILE`: this provider, under the name `local`. */
  providers(): object
  stop(): Promise<void>
}

const CLIENT_ID = 'oxo'
const LOGIN = /^\/login\/([A-Za-z0-9_-]+)$/
const NAME = /^[A-Za-z0-9_-]{1,32}$/
const BODY_BYTES_MAX = 1_024

export async function startLocalOidc(port = 0): Promise<LocalOidc> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, await configuration())
  const callback = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const login = LOGIN.exec(request.url ?? '')
    if (login === null) return void callback(request, response)
    signIn(provider, request, response).catch((error: Error) => response.writeHead(400).end(error.message))
  })
  return {
    issuer,
    providers: () => ({ providers: [{ name: 'local', title: 'Local', issuer, clientId: CLIENT_ID }] }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** As a file for `AUTH_PROVIDERS_FILE`. */
export const writeProviders = (oidc: LocalOidc, path: string): Promise<void> =>
  writeFile(path, JSON.stringify(oidc.providers()), { mode: 0o600 })

async function configuration(): Promise<Configuration> {
  // Nobody is asked for consent.
  const prompts = interactionPolicy.base()
  prompts.remove('consent')
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        // Of native applications any loopback port counts, and ours differs from run to run.
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/auth/callback', 'http://localhost/auth/callback'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    features: { devInteractions: { enabled: false } },
    interactions: { policy: prompts, url: (_, { uid }) => `/login/${uid}` },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@players.test`, email_verified: true }),
    }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
    ttl: { Interaction: 600, Session: 3_600, Grant: 3_600, AuthorizationCode: 60, IdToken: 600, AccessToken: 600 },
  }
}

/** The form, and what it brings. */
async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FORM)
    return
  }
  const name = new URLSearchParams(await textOf(request)).get('name') ?? ''
  if (!NAME.test(name)) throw new Error('a name is 1..32 of A-Z a-z 0-9 _ -')
  await provider.interactionFinished(request, response, { login: { accountId: name } })
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) throw new Error('the form is too large')
  }
  return text
}

const FORM = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Local sign-in</title><main><h1>Who are you?</h1>
<form method="post"><label>Name <input name="name" autofocus required></label> <button>Sign in</button></form></main></html>`
