import type { Unsubscribe } from './events.ts'

interface EventSource {
  addEventListener(name: string, listener: () => void): void
  removeEventListener(name: string, listener: () => void): void
}

/** Calls `listener` whenever the page is looked at again or the machine is back online; never outside of pages. */
export function whenUserReturns(listener: () => void): Unsubscribe {
  const host = globalThis as {
    readonly document?: EventSource & { readonly visibilityState: string }
    readonly window?: EventSource
  }
  const { document, window } = host
  if (document === undefined) return () => {}
  const seen = () => {
    if (document.visibilityState === 'visible') listener()
  }
  document.addEventListener('visibilitychange', seen)
  window?.addEventListener('online', listener)
  return () => {
    document.removeEventListener('visibilitychange', seen)
    window?.removeEventListener('online', listener)
  }
}
