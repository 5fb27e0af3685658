import { isIP } from 'node:net'

/** The eight groups of an IPv6 address in lower case without leading zeros, whichever way it was written. */
export function expandedV6(address: string): readonly string[] {
  const bare = address.split('%', 1)[0]!.toLowerCase()
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare)
  const text = dotted ? `${dotted[1]}${pair(dotted[2]!, dotted[3]!)}:${pair(dotted[4]!, dotted[5]!)}` : bare
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16))
}

const pair = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16)

/** IPv4 mapped into IPv6 (`::ffff:192.0.2.1`) as the IPv4 that it is; everything else as it stands. */
export function unmapped(address: string): string {
  if (isIP(address) !== 6) return address
  const groups = expandedV6(address)
  if (groups.slice(0, 5).some((group) => group !== '0') || groups[5] !== 'ffff') return address
  const [high, low] = [Number.parseInt(groups[6]!, 16), Number.parseInt(groups[7]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Whom requests of this address are counted with: itself, or its /64 if it is IPv6, because one household or machine has all of that. */
export function addressGroup(address: string): string {
  const plain = unmapped(address)
  return isIP(plain) === 6 ? `${expandedV6(plain).slice(0, 4).join(':')}::/64` : plain
}
