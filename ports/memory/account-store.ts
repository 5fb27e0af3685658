import { err, ok } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'
import {
  type Account,
  type AccountStore,
  DELETED_NAME,
  type Identity,
  SECOND_FACTOR_TRIES_MAX,
  SECOND_FACTOR_WINDOW_MS,
  type SecondFactor,
} from '../account-store.ts'

interface StoredFactor extends SecondFactor {
  /** Tries since `windowMs`. */
  readonly tries: number
  readonly windowMs: number
}

/** Accounts of this process alone; they end with it. */
export function memoryAccountStore(): AccountStore {
  const accounts = new Map<UserId, Account>()
  const factors = new Map<UserId, StoredFactor>()

  /** Deleted accounts cannot be changed. */
  const live = (userId: UserId): Account | null => {
    const account = accounts.get(userId)
    return account === undefined || account.state === 'deleted' ? null : account
  }
  function put(account: Account): Account {
    accounts.set(account.userId, account)
    return account
  }
  function change(userId: UserId, changes: Partial<Account>, nowMs: number) {
    const account = live(userId)
    return account === null ? err('unknown' as const) : ok(put({ ...account, ...changes, updatedAtMs: nowMs }))
  }
  const byIdentity = (identity: Identity): Account | null =>
    [...accounts.values()].find((account) => sameIdentity(account.identity, identity)) ?? null

  const emailHolder = (email: string | null, except: UserId): boolean =>
    email !== null &&
    [...accounts.values()].some(
      (other) => other.userId !== except && other.email?.toLowerCase() === email.toLowerCase(),
    )

  return {
    get: async (userId) => accounts.get(userId) ?? null,
    findByIdentity: async (identity) => byIdentity(identity),
    async ensureGuest(userId, { displayName, region }, nowMs) {
      const account = accounts.get(userId)
      if (account === undefined) return put({ ...emptyAccount(userId, displayName, nowMs), region })
      return account.state === 'deleted' ? account : put({ ...account, region: account.region ?? region })
    },
    async linkIdentity(userId, identity, given, nowMs) {
      const present = accounts.get(userId) ?? emptyAccount(userId, given.displayName, nowMs)
      if (present.state !== 'active') return err('gone')
      if (present.identity !== null && !sameIdentity(present.identity, identity)) return err('already_linked')
      if ((byIdentity(identity)?.userId ?? userId) !== userId) return err('identity_taken')
      const account: Account = {
        ...present,
        identity,
        email: emailHolder(given.email, userId) ? present.email : given.email,
        avatarUrl: present.avatarUrl ?? given.avatarUrl,
        region: present.region ?? given.region,
        updatedAtMs: nowMs,
        lastLoginMs: nowMs,
      }
      return ok(put(account))
    },
    async updateProfile(userId, changes, nowMs) {
      const { username } = changes
      const taken = [...accounts.values()].some((other) => other.userId !== userId && other.username === username)
      if (live(userId) !== null && typeof username === 'string' && taken) return err('username_taken')
      return change(userId, changes, nowMs)
    },
    async touchLogin(userId, nowMs) {
      const account = live(userId)
      if (account !== null) put({ ...account, lastLoginMs: nowMs })
    },
    setRole: async (userId, role, nowMs) => change(userId, { role }, nowMs),
    setBanned: async (userId, banned, nowMs) => change(userId, { state: banned ? 'banned' : 'active' }, nowMs),
    async remove(userId, nowMs) {
      const present = accounts.get(userId)
      if (present?.state === 'deleted') return
      factors.delete(userId)
      const nobody = emptyAccount(userId, DELETED_NAME, present?.createdAtMs ?? nowMs)
      put({ ...nobody, state: 'deleted', updatedAtMs: nowMs })
    },
    async secondFactor(userId) {
      const factor = factors.get(userId)
      return factor === undefined ? null : { secret: factor.secret, lastStep: factor.lastStep }
    },
    async enrolSecondFactor(userId, secret) {
      if (live(userId) === null) return err('unknown')
      if (typeof factors.get(userId)?.lastStep === 'number') return err('already_enrolled')
      factors.set(userId, { tries: 0, windowMs: 0, ...factors.get(userId), secret, lastStep: null })
      return ok(undefined)
    },
    async trySecondFactor(userId, nowMs) {
      const factor = factors.get(userId)
      if (factor === undefined) return err('none')
      const { secret, lastStep, windowMs } = factor
      if (nowMs >= windowMs + SECOND_FACTOR_WINDOW_MS) factors.set(userId, { ...factor, tries: 1, windowMs: nowMs })
      else if (factor.tries < SECOND_FACTOR_TRIES_MAX) factors.set(userId, { ...factor, tries: factor.tries + 1 })
      else return err({ notBeforeMs: windowMs + SECOND_FACTOR_WINDOW_MS })
      return ok({ secret, lastStep })
    },
    async useSecondFactor(userId, secret, step) {
      const factor = factors.get(userId)
      if (factor?.secret !== secret || step <= (factor.lastStep ?? -1)) return false
      factors.set(userId, { secret, lastStep: step, tries: 0, windowMs: 0 })
      return true
    },
    async clearSecondFactor(userId) {
      factors.delete(userId)
    },
  }
}

const emptyAccount = (userId: UserId, displayName: string, nowMs: number): Account => ({
  userId,
  identity: null,
  email: null,
  username: null,
  displayName,
  avatarUrl: null,
  region: null,
  role: 'player',
  state: 'active',
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
  lastLoginMs: null,
})

const sameIdentity = (one: Identity | null, other: Identity): boolean =>
  one !== null && one.provider === other.provider && one.subject === other.subject
