/**
 * A peer's address as text: `192.0.2.1`, also when an IPv6 socket reports it mapped, or eight groups `2001:db8:0:0:0:0:0:1`.
 * @param bytes 4 or 16 in network order; empty when the peer is gone already, which gives ''.
 */
export function addressText(bytes: ArrayBuffer): string {
  const all = new Uint8Array(bytes)
  if (all.length === 4) return all.join('.')
  if (all.length !== 16) return ''
  if (isMappedIpv4(all)) return all.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((all[2 * i]! << 8) | all[2 * i + 1]!).toString(16))
  return groups.join(':')
}

const isMappedIpv4 = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
