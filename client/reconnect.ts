import { fraction, type Random } from '../kit/random.ts'
import { CloseCode } from '../protocol/errors.ts'
import { FLOOD_RETRY_MS, RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS } from '../protocol/limits.ts'

/** What a client does after its socket closed; see PROTOCOL.md, close codes. */
export type AfterClose =
  | { readonly next: 'retry'; readonly leastMs: number; readonly newToken: boolean }
  | { readonly next: 'wait_for_user' }
  | { readonly next: 'stop' }

export function afterClose(code: number): AfterClose {
  switch (code) {
    case CloseCode.textFrame:
    case CloseCode.tooLarge:
    case CloseCode.malformed:
    case CloseCode.replaced:
      return { next: 'stop' }
    case CloseCode.idle:
      return { next: 'wait_for_user' }
    case CloseCode.tokenExpired:
      return { next: 'retry', leastMs: 0, newToken: true }
    case CloseCode.flood:
      return { next: 'retry', leastMs: FLOOD_RETRY_MS, newToken: false }
    default:
      return { next: 'retry', leastMs: 0, newToken: false }
  }
}

/**
 * Full-jitter exponential delay before attempt number `attempt` (0 is the first), in ms. `leastMs`, what the server asked for,
 * comes on top: clients that were told the same delay still do not return in one moment.
 */
export const backoffMs = (random: Random, attempt: number, leastMs = 0): number =>
  leastMs + fraction(random) * Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS * 2 ** attempt)
