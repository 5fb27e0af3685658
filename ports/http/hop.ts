import { createHash, timingSafeEqual } from 'node:crypto'

/** Shows that a request was forwarded by one of our servers: carries FORWARD_SECRET, from process to process only. */
export const HOP_HEADER = 'x-oxo-hop'

/** What a server adds to a request that it forwards: for whom, and that it may say so. Clients' own such headers are replaced. */
export function hopHeaders(address: string, secret: string | null): Readonly<Record<string, string>> {
  return { 'x-forwarded-for': address, [HOP_HEADER]: secret ?? '' }
}

/** Compares in constant time. Without a secret nobody is a server of ours. */
export function createIsOurHop(secret: string | null): (shown: string | null) => boolean {
  if (secret === null) return () => false
  const known = digest(secret)
  return (shown) => shown !== null && shown !== '' && timingSafeEqual(digest(shown), known)
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
