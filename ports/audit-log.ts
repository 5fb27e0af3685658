import { isIP } from 'node:net'
import pino, { type DestinationStream } from 'pino'
import type { LogLevel } from '../kit/log.ts'
import type { Audit } from './audit.ts'
import { expandedV6, unmapped } from './http/gate/address.ts'

/**
 * Security events as their own stream: JSON lines on standard output that say `"stream":"audit"`, whatever level the other lines are
 * cut at, so that a collector can keep them apart and longer. Only `silent` ends it.
 */
export function auditLog(
  level: LogLevel | 'silent',
  base: Readonly<Record<string, unknown>>,
  destination?: DestinationStream,
): Audit {
  const options = {
    level: level === 'silent' ? 'silent' : 'info',
    base: { stream: 'audit', ...base },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger = destination === undefined ? pino(options) : pino(options, destination)
  return (event, { outcome, requestId, userId, sessionId, keyId, address, target, how, why }) => {
    // Named one by one: what a caller's object holds besides is not written.
    const network = address === undefined ? undefined : networkOf(address)
    logger.info({ outcome, requestId, userId, sessionId, keyId, network, target, how, why }, event)
  }
}

/** `203.0.113.0/24`, `2001:db8:1::/48`; null for what is no address. */
export function networkOf(address: string): string | null {
  const plain = unmapped(address)
  switch (isIP(plain)) {
    case 4:
      return `${plain.split('.').slice(0, 3).join('.')}.0/24`
    case 6:
      return `${expandedV6(plain).slice(0, 3).join(':')}::/48`
    default:
      return null
  }
}
