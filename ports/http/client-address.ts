import { BlockList, isIP } from 'node:net'
import type { Cidr } from '../../kit/env-shape.ts'

/**
 * The address of the client itself. X-Forwarded-For is read from its end, and only as far as the hop that told us is a trusted proxy:
 * what stands before that is the client's own claim.
 */
export function createClientAddress(trusted: readonly Cidr[]) {
  const proxies = new BlockList()
  for (const { address, prefixBits, family } of trusted) proxies.addSubnet(address, prefixBits, family)
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return ({ address, forwardedFor }: { readonly address: string; readonly forwardedFor: string | null }): string => {
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
