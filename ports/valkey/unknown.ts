/** What a store says when it is in no state to answer: the call may be repeated unchanged. */
const TRANSIENT = new Set([
  'OOM',
  'READONLY',
  'LOADING',
  'BUSY',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'UNBLOCKED',
  'EXECABORT',
])

/**
 * Did this call leave open whether it was applied, or was it turned away by a store in transition? Everything but the store's own refusal
 * of the call (wrong type, unknown command, no permission) and our own bugs: timeouts, lost connections, redirections without end.
 */
export function isUnknownOutcome(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'ReplyError') return TRANSIENT.has(error.message.split(' ', 1)[0]!)
  return !(error instanceof TypeError || error instanceof RangeError || error.message.startsWith('assertion failed'))
}
