import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** A file that is served as it is, from memory. */
export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly cacheControl: string
  readonly policy: string
  /** Of the content, with its quotes. */
  readonly etag: string
}

/** By path, as it stands in a URL: a request reaches what is in here and nothing else, whatever dots it contains. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

/** Names with a hash of the content never change it. In s: a year, the longest that is of use. */
const IMMUTABLE = 'public, max-age=31536000, immutable'
/** Kept, but asked for each time: a deploy shows at once. */
const REVALIDATED = 'no-cache'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

export function staticFile(name: string, content: Uint8Array, policy: string, cacheControl = REVALIDATED): StaticFile {
  const body = new Uint8Array(content)
  return {
    body,
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    cacheControl,
    policy,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  }
}

/** Reads a built page once: `index.html` is `/`, files under `assets/` carry hashes in their names. Empty without the folder. */
export function loadStaticFiles(folder: string, policy: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const cacheControl = path.startsWith('/assets/') ? IMMUTABLE : REVALIDATED
    files.set(
      path === '/index.html' ? '/' : encodeURI(path),
      staticFile(path, readFileSync(file), policy, cacheControl),
    )
  }
  return files
}

/** The file, or 304 when the caller has it. */
export function answerFile(file: StaticFile, ifNoneMatch: string | undefined): Response {
  const headers = {
    etag: file.etag,
    'cache-control': file.cacheControl,
    'content-security-policy': file.policy,
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, file.etag)) return new Response(null, { status: 304, headers })
  return new Response(file.body, { headers: { ...headers, 'content-type': file.contentType } })
}

const matches = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.trim() === '*' ||
  ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
