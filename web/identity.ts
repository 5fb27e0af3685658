import { type StorageLike, storageTokens, type TokenStore } from '../client/index.ts'
import type { Clock } from '../kit/clock.ts'

/** Windows of one browser that can each be a player of their own. One more shares the first one's player. */
export const SLOTS = 8
/** A reloaded page waits this long, in ms, for the page that it was to let go of their slot. */
export const RELOAD_GRACE_MS = 1_000
const SLOT_KEY = 'oxo.slot'

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
  /** Lasts over visits. */
  readonly lasting: StorageLike
  /** Lasts as long as this window, reloads included. */
  readonly ofWindow: StorageLike
}

/**
 * Where this window keeps its tokens. Each window open at a time is a guest of its own, so that two of them can play each
 * other; a reload finds its own guest again, and so does the next visit.
 */
export function windowTokens(options: IdentityOptions): TokenStore {
  const ready = open(options)
  return {
    load: async () => (await ready).load(),
    save: async (tokens) => (await ready).save(tokens),
  }
}

async function open(options: IdentityOptions): Promise<TokenStore> {
  const slot = await claimSlot(options)
  options.ofWindow.setItem(SLOT_KEY, String(slot))
  return storageTokens(options.lasting, slot === 0 ? 'oxo.tokens' : `oxo.tokens.${slot}`)
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
    const whileHeld = (lock: object | null): Promise<void> => {
      resolve(lock !== null)
      return lock === null ? Promise.resolve() : new Promise(() => {})
    }
    locks.request(`oxo.slot.${slot}`, options, whileHeld).catch(() => resolve(false))
  })
