import type { CookieSession, HeldCookie } from '../client/index.ts'
import type { Clock } from '../kit/clock.ts'

/** Windows of one browser that can each be a guest of their own. One more shares the first one's guest. */
export const SLOTS = 8
/** A reloaded page waits this long, in ms, for the page that it was to let go of their slot. */
export const RELOAD_GRACE_MS = 1_000
const SLOT_KEY = 'oxo.slot'
/** The cookie of the browser's account; the others are named by their slot. */
const ACCOUNT = 'account'

/** The part of `Storage` that is needed. */
export interface PageStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** The part of the browser's `LockManager` that is needed. A lock is held until its callback's promise settles. */
export interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    callback: (lock: object | null) => Promise<void>,
  ): Promise<unknown>
}

export interface IdentityOptions {
  readonly clock: Clock
  /** Absent on insecure origins: all windows are then one player. */
  readonly locks: Locks | undefined
  /** Lasts over visits. What is in a cookie is remembered here, never a token. */
  readonly lasting: PageStorage
  /** Lasts as long as this window, reloads included. */
  readonly ofWindow: PageStorage
}

export interface Identity extends CookieSession {
  /** Do we play with the account of this browser? */
  isAccount(): boolean
  /** Cookie of this window's guest, who becomes the account when we sign in. */
  guestCookie(): Promise<string>
  /** A provider has signed this browser in: from now on its account is ours, and the guest who asked is no more. */
  signedIn(): void
}

/**
 * Who this window is: the browser's account, when there is one; else a guest of its own, so that two windows can play each other. A reload
 * finds its own guest again, and so does the next visit.
 */
export function windowIdentity(options: IdentityOptions): Identity {
  const { locks, lasting, ofWindow } = options
  let slot: Promise<string> | null = null
  /** What we play with; another window's sign-in does not change it in the middle of a game. */
  let current: string | null = null

  function guestCookie(): Promise<string> {
    slot ??= claimSlot(options).then((claimed) => {
      ofWindow.setItem(SLOT_KEY, String(claimed))
      return String(claimed)
    })
    return slot
  }

  function load(name: string): ReturnType<HeldCookie['load']> {
    try {
      const kept: unknown = JSON.parse(lasting.getItem(keyOf(name)) ?? 'null')
      if (typeof kept !== 'object' || kept === null) return null
      const { renewalKey } = kept as { readonly renewalKey?: unknown }
      return { renewalKey: typeof renewalKey === 'string' ? renewalKey : null }
    } catch {
      return null
    }
  }

  function save(name: string, state: ReturnType<HeldCookie['load']>): void {
    if (state === null) lasting.removeItem(keyOf(name))
    else lasting.setItem(keyOf(name), JSON.stringify(state))
    if (state === null) current = null
  }

  return {
    isAccount: () => current === ACCOUNT,
    guestCookie,
    signedIn() {
      save(ACCOUNT, { renewalKey: null })
      const guest = ofWindow.getItem(SLOT_KEY)
      if (guest !== null) save(guest, null)
    },
    async hold(use) {
      const isOver = current === ACCOUNT && load(ACCOUNT) === null // another window signed out
      if (isOver) current = null
      const name = current ?? (load(ACCOUNT) === null ? await guestCookie() : ACCOUNT)
      current = name
      const run = () => use({ name, load: () => load(name), save: (state) => save(name, state) })
      return locks === undefined ? run() : whileHeld(locks, `oxo.cookie.${name}`, run)
    },
  }
}

const keyOf = (name: string): string => `oxo.session.${name}`

function whileHeld<T>(locks: Locks, name: string, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const hold = () => run().then(resolve, reject)
    locks.request(name, {}, hold).catch(reject)
  })
}

async function claimSlot({ clock, locks, ofWindow }: IdentityOptions): Promise<number> {
  if (locks === undefined) return 0
  const last = Number(ofWindow.getItem(SLOT_KEY) ?? Number.NaN)
  if (Number.isInteger(last) && last >= 0 && last < SLOTS) {
    const patience = new AbortController()
    const cancel = clock.after(RELOAD_GRACE_MS, () => patience.abort())
    const held = await hold(locks, last, { signal: patience.signal })
    cancel()
    if (held) return last
  }
  for (let slot = 0; slot < SLOTS; slot++) if (await hold(locks, slot, { ifAvailable: true })) return slot
  return 0
}

/** Holds the slot's lock for as long as the page lives. False: another window has it. */
const hold = (locks: Locks, slot: number, options: { ifAvailable?: boolean; signal?: AbortSignal }): Promise<boolean> =>
  new Promise((resolve) => {
    const asLongAsWeLive = (lock: object | null): Promise<void> => {
      resolve(lock !== null)
      return lock === null ? Promise.resolve() : new Promise(() => {})
    }
    locks.request(`oxo.slot.${slot}`, options, asLongAsWeLive).catch(() => resolve(false))
  })
