import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { err, ok, type Result } from '../../kit/result.ts'

const PROVIDERS_MAX = 16

/** Only this machine: the one place where a provider may speak plain HTTP. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export const isLoopback = (url: string): boolean => LOOPBACK.has(new URL(url).hostname)

const issuer = z.string().refine((raw) => {
  if (!URL.canParse(raw)) return false
  const { protocol, search, hash, username } = new URL(raw)
  return (
    search === '' &&
    hash === '' &&
    username === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(raw)))
  )
}, 'an https:// URL')

const providerShape = z.strictObject({
  /** In paths, and in stored identities: never to be given to another provider. */
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** On the button. */
  title: z.string().min(1).max(32),
  /** As its discovery document says, to the letter. */
  issuer,
  clientId: z.string().min(1).max(256),
  /** Absent: a public client, safe by PKCE alone. */
  clientSecret: z.string().min(1).max(1_024).optional(),
  /** Client ids of apps whose identity tokens are taken at POST /auth/login, besides `clientId`. */
  audiences: z.array(z.string().min(1).max(256)).max(16).default([]),
})
/** One provider of identities (OpenID Connect). */
export type ProviderConfig = z.infer<typeof providerShape>

const fileShape = z
  .strictObject({ providers: z.array(providerShape).max(PROVIDERS_MAX) })
  .refine(({ providers }) => new Set(providers.map(({ name }) => name)).size === providers.length, {
    path: ['providers'],
    message: 'names must differ',
  })

/** Reads the providers; the error is one line for the operator, and names places, never values: some are secrets. */
export async function readProviders(path: string): Promise<Result<readonly ProviderConfig[], string>> {
  try {
    const parsed = fileShape.safeParse(JSON.parse(await readFile(path, 'utf8')))
    if (parsed.success) return ok(parsed.data.providers)
    const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole')
    return err(`auth providers file ${path}: wrong at ${[...new Set(places)].join(', ')}`)
  } catch (error) {
    const why = error instanceof SyntaxError ? 'not JSON' : (error as Error).message
    return err(`auth providers file ${path}: ${why}`)
  }
}
