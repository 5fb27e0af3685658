import { BlockList, isIP } from 'node:net'
import type { Cidr } from '../../kit/env-shape.ts'
import { createIsOurHop } from './hop.ts'

/** What is known of who sent a request. */
export interface Hop {
  /** As the socket sees it. */
  readonly address: string
  readonly forwardedFor: string | null
  /** What it shows to be a server of ours; absent where none would forward. */
  readonly hop?: string | null
}

/** Addresses whose verdict is remembered; then it begins anew. */
const REMEMBERED_MAX = 1_000

/**
 * The address of the client itself. X-Forwarded-For is read from its end, and only as far as the hop that told us is a trusted proxy:
 * what stands before that is the client's own claim. A server of ours, known by the secret, says itself who the client is.
 */
export function createClientAddress(trusted: readonly Cidr[], forwardSecret: string | null = null) {
  const isOurs = createIsOurHop(forwardSecret)
  const proxies = new BlockList()
  for (const { address, prefixBits, family } of trusted) proxies.addSubnet(address, prefixBits, family)
  const inList = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  // The list is slow to ask, and the same few proxies are asked about all the time.
  const isTrusted = trusted.length === 0 ? () => false : remembering(inList)

  return ({ address, forwardedFor, hop = null }: Hop): string => {
    if (forwardedFor !== null && isIP(forwardedFor) !== 0 && isOurs(hop)) return forwardedFor
    const hops = forwardedFor === null ? [] : forwardedFor.split(',').map((hop) => hop.trim())
    let client = address
    while (isTrusted(client)) {
      const before = hops.pop()
      if (before === undefined || isIP(before) === 0) break
      client = before
    }
    return client
  }
}

function remembering(isTrue: (address: string) => boolean): (address: string) => boolean {
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    if (known.size >= REMEMBERED_MAX) known.clear()
    const verdict = isTrue(address)
    known.set(address, verdict)
    return verdict
  }
}
