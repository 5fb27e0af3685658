import { beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import {
  type AccountStore,
  DELETED_NAME,
  type Identity,
  type NewAccount,
  SECOND_FACTOR_TRIES_MAX,
  SECOND_FACTOR_WINDOW_MS,
} from './account-store.ts'

const NOW_MS = 1_800_000_000_000
let users = 0
/** Every test has users of its own, so that one started store serves them all. */
const newUserId = (): UserId => `user-${process.pid}-${users++}` as UserId
const identityOf = (userId: UserId): Identity => ({ provider: 'local', subject: `subject of ${userId}` })
const ana: NewAccount = {
  email: null,
  displayName: 'Ana',
  avatarUrl: 'https://pictures.example/ana.png',
  region: 'eu',
}

/** What every AccountStore promises. `newStore` is asked once. */
export function accountStoreContract(name: string, newStore: () => Promise<AccountStore>): void {
  describe(`${name} as AccountStore`, () => {
    let store: AccountStore
    beforeAll(async () => {
      store = await newStore()
    })

    const linked = async () => {
      const userId = newUserId()
      await store.linkIdentity(userId, identityOf(userId), ana, NOW_MS)
      return userId
    }

    test('[account] nobody is known who never came', async () => {
      const userId = newUserId()
      expect(await store.get(userId)).toBeNull()
      expect(await store.findByIdentity(identityOf(userId))).toBeNull()
      expect(await store.updateProfile(userId, { displayName: 'Bo' }, NOW_MS)).toEqual({ ok: false, error: 'unknown' })
      expect(await store.setRole(userId, 'admin', NOW_MS)).toEqual({ ok: false, error: 'unknown' })
      expect(await store.setBanned(userId, true, NOW_MS)).toEqual({ ok: false, error: 'unknown' })
      await store.touchLogin(userId, NOW_MS)
      expect(await store.get(userId)).toBeNull()
    })

    test('[account] a first sign-in makes an account that its identity finds', async () => {
      const userId = newUserId()
      const account = {
        userId,
        identity: identityOf(userId),
        email: `${userId}@example.org`,
        username: null,
        displayName: ana.displayName,
        avatarUrl: ana.avatarUrl,
        region: ana.region,
        role: 'player',
        state: 'active',
        createdAtMs: NOW_MS,
        updatedAtMs: NOW_MS,
        lastLoginMs: NOW_MS,
      }
      const given = { ...ana, email: account.email }
      expect(await store.linkIdentity(userId, identityOf(userId), given, NOW_MS)).toEqual({ ok: true, value: account })
      expect(await store.findByIdentity(identityOf(userId))).toEqual(account)
      await store.touchLogin(userId, NOW_MS + 5)
      expect(await store.get(userId)).toEqual({ ...account, lastLoginMs: NOW_MS + 5 })
    })

    test('[account] a guest who signs in keeps id, creation and the name that was chosen', async () => {
      const userId = newUserId()
      await store.ensureGuest(userId, { displayName: 'Quiet Otter 42', region: 'ap' }, NOW_MS)
      const guest = await store.ensureGuest(userId, { displayName: 'Other', region: 'eu' }, NOW_MS + 1)
      expect(guest).toMatchObject({ displayName: 'Quiet Otter 42', region: 'ap', identity: null, createdAtMs: NOW_MS })
      const answer = await store.linkIdentity(userId, identityOf(userId), ana, NOW_MS + 2)
      expect(answer).toMatchObject({
        ok: true,
        value: {
          displayName: 'Quiet Otter 42',
          region: 'ap',
          identity: identityOf(userId),
          createdAtMs: NOW_MS,
          lastLoginMs: NOW_MS + 2,
        },
      })
    })

    test('[account] a guest whose region nobody said takes the first that is said', async () => {
      const userId = newUserId()
      await store.ensureGuest(userId, { displayName: 'Bo', region: null }, NOW_MS)
      expect(await store.get(userId)).toMatchObject({ displayName: 'Bo', region: null })
      const guest = await store.ensureGuest(userId, { displayName: 'Other', region: 'eu' }, NOW_MS)
      expect(guest).toMatchObject({ displayName: 'Bo', region: 'eu' })
    })

    test('[account] an email stays with the first account that brought it', async () => {
      const [first, second] = [newUserId(), newUserId()]
      const email = `${first}@example.org`
      await store.linkIdentity(first, identityOf(first), { ...ana, email }, NOW_MS)
      const same = { ...ana, email: email.toUpperCase() }
      const linked = await store.linkIdentity(second, identityOf(second), same, NOW_MS)
      expect(linked).toMatchObject({ ok: true, value: { email: null, identity: identityOf(second) } })
      expect(await store.get(first)).toMatchObject({ email })
    })

    test('[account] an identity has one account, and an account one identity of a provider', async () => {
      const first = await linked()
      const second = newUserId()
      const taken = { ok: false, error: 'identity_taken' }
      expect(await store.linkIdentity(second, identityOf(first), ana, NOW_MS)).toEqual(taken)
      expect(await store.get(second)).toBeNull()
      expect(await store.linkIdentity(first, identityOf(second), ana, NOW_MS)).toEqual({
        ok: false,
        error: 'already_linked',
      })
      expect(await store.linkIdentity(first, identityOf(first), ana, NOW_MS + 1)).toMatchObject({ ok: true })
    })

    test('[account] an identity that is taken together with its email is taken, and nothing else', async () => {
      const [first, second] = [newUserId(), newUserId()]
      const same = { ...ana, email: `${first}@example.org` }
      await store.linkIdentity(first, identityOf(first), same, NOW_MS)
      expect(await store.linkIdentity(second, identityOf(first), same, NOW_MS)).toEqual({
        ok: false,
        error: 'identity_taken',
      })
      expect(await store.get(second)).toBeNull()
    })

    test('[account] two first sign-ins at once by one identity make one account', async () => {
      const [one, other] = [newUserId(), newUserId()]
      const answers = await Promise.all([one, other].map((id) => store.linkIdentity(id, identityOf(one), ana, NOW_MS)))
      expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true])
      expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, error: 'identity_taken' })
    })

    test('[account] a profile changes where it is told to', async () => {
      const userId = await linked()
      const username = `ana_${users}`
      const changed = await store.updateProfile(userId, { username, displayName: 'Änne', avatarUrl: null }, NOW_MS + 1)
      expect(changed).toMatchObject({
        ok: true,
        value: { username, displayName: 'Änne', avatarUrl: null, region: ana.region, updatedAtMs: NOW_MS + 1 },
      })
      expect(await store.updateProfile(userId, { username: null, region: 'us' }, NOW_MS + 2)).toMatchObject({
        ok: true,
        value: { username: null, displayName: 'Änne', region: 'us' },
      })
    })

    test('[account] a username has one holder, who may say it again and give it free', async () => {
      const [holder, other] = [await linked(), await linked()]
      const username = `taken_${users}`
      expect(await store.updateProfile(holder, { username }, NOW_MS)).toMatchObject({ ok: true })
      expect(await store.updateProfile(holder, { username }, NOW_MS)).toMatchObject({ ok: true })
      const refused = await store.updateProfile(other, { username, displayName: 'Thief' }, NOW_MS)
      expect(refused).toEqual({ ok: false, error: 'username_taken' })
      expect(await store.get(other)).toMatchObject({ username: null, displayName: ana.displayName })
      await store.updateProfile(holder, { username: null }, NOW_MS)
      expect(await store.updateProfile(other, { username }, NOW_MS)).toMatchObject({ ok: true })
    })

    test('[account] role and ban stay until they are taken back, and a banned account links no identity', async () => {
      const userId = newUserId()
      await store.ensureGuest(userId, { displayName: 'Bo', region: 'eu' }, NOW_MS)
      expect(await store.setRole(userId, 'admin', NOW_MS)).toMatchObject({ ok: true, value: { role: 'admin' } })
      expect(await store.setBanned(userId, true, NOW_MS)).toMatchObject({ value: { state: 'banned', role: 'admin' } })
      expect(await store.linkIdentity(userId, identityOf(userId), ana, NOW_MS)).toEqual({ ok: false, error: 'gone' })
      expect(await store.setBanned(userId, false, NOW_MS)).toMatchObject({ ok: true, value: { state: 'active' } })
      expect(await store.setRole(userId, 'player', NOW_MS)).toMatchObject({ ok: true, value: { role: 'player' } })
    })

    test('[account] what is removed leaves an id without a person, for ever', async () => {
      const userId = await linked()
      const username = `gone_${users}`
      await store.updateProfile(userId, { username }, NOW_MS)
      await store.setRole(userId, 'admin', NOW_MS)
      await store.enrolSecondFactor(userId, 'SECRET')
      await store.remove(userId, NOW_MS + 1)
      await store.remove(userId, NOW_MS + 2)
      expect(await store.get(userId)).toEqual({
        userId,
        identity: null,
        email: null,
        username: null,
        displayName: DELETED_NAME,
        avatarUrl: null,
        region: null,
        role: 'player',
        state: 'deleted',
        createdAtMs: NOW_MS,
        updatedAtMs: NOW_MS + 1,
        lastLoginMs: null,
      })
      expect(await store.secondFactor(userId)).toBeNull()
      const unknown = { ok: false, error: 'unknown' }
      expect(await store.updateProfile(userId, { displayName: 'Back' }, NOW_MS + 3)).toEqual(unknown)
      expect(await store.setBanned(userId, false, NOW_MS + 3)).toEqual(unknown)
      expect(await store.enrolSecondFactor(userId, 'SECRET')).toEqual(unknown)
      expect(await store.linkIdentity(userId, identityOf(userId), ana, NOW_MS + 3)).toEqual({
        ok: false,
        error: 'gone',
      })
      await store.ensureGuest(userId, { displayName: 'Back', region: 'eu' }, NOW_MS + 3)
      expect(await store.get(userId)).toMatchObject({ state: 'deleted', displayName: DELETED_NAME })
      const next = newUserId()
      expect(await store.linkIdentity(next, identityOf(userId), ana, NOW_MS + 4)).toMatchObject({ ok: true })
      expect(await store.updateProfile(next, { username }, NOW_MS + 4)).toMatchObject({ ok: true })
    })

    test('[account] somebody without an account can be removed too, before a result makes one', async () => {
      const userId = newUserId()
      await store.remove(userId, NOW_MS)
      expect(await store.get(userId)).toMatchObject({ state: 'deleted', displayName: DELETED_NAME })
    })

    test('[totp] a code is used once, and no older one after it', async () => {
      const userId = await linked()
      expect(await store.secondFactor(userId)).toBeNull()
      expect(await store.enrolSecondFactor(userId, 'FIRST')).toEqual({ ok: true, value: undefined })
      expect(await store.enrolSecondFactor(userId, 'SECOND')).toEqual({ ok: true, value: undefined })
      expect(await store.secondFactor(userId)).toEqual({ secret: 'SECOND', lastStep: null })
      expect(await store.useSecondFactor(userId, 'FIRST', 100)).toBe(false)
      const atOnce = await Promise.all([1, 2, 3].map(() => store.useSecondFactor(userId, 'SECOND', 100)))
      expect(atOnce.filter((used) => used)).toEqual([true])
      expect(await store.useSecondFactor(userId, 'SECOND', 99)).toBe(false)
      expect(await store.useSecondFactor(userId, 'SECOND', 101)).toBe(true)
      expect(await store.secondFactor(userId)).toEqual({ secret: 'SECOND', lastStep: 101 })
    })

    test('[totp] five tries a window, however many ask at once; enrolling again gives none back, a good code does', async () => {
      const userId = await linked()
      expect(await store.trySecondFactor(userId, NOW_MS)).toEqual({ ok: false, error: 'none' })
      await store.enrolSecondFactor(userId, 'FIRST')
      const answers = await Promise.all(
        Array.from({ length: SECOND_FACTOR_TRIES_MAX + 3 }, () => store.trySecondFactor(userId, NOW_MS)),
      )
      const allowed = { ok: true, value: { secret: 'FIRST', lastStep: null } }
      const endMs = NOW_MS + SECOND_FACTOR_WINDOW_MS
      const refused = { ok: false, error: { notBeforeMs: endMs } }
      expect(answers.filter(({ ok }) => ok)).toEqual(Array(SECOND_FACTOR_TRIES_MAX).fill(allowed))
      expect(answers.filter(({ ok }) => !ok)).toEqual(Array(3).fill(refused))
      await store.enrolSecondFactor(userId, 'FIRST')
      expect(await store.trySecondFactor(userId, endMs - 1)).toEqual(refused)
      expect(await store.trySecondFactor(userId, endMs)).toEqual(allowed)
      await store.useSecondFactor(userId, 'FIRST', 7)
      const after = { ok: true, value: { secret: 'FIRST', lastStep: 7 } }
      for (let i = 0; i < SECOND_FACTOR_TRIES_MAX; i++)
        expect(await store.trySecondFactor(userId, endMs)).toEqual(after)
      expect(await store.trySecondFactor(userId, endMs)).toMatchObject({ ok: false })
    })

    test('[totp] a secret in use is replaced only after it was taken away', async () => {
      const userId = await linked()
      await store.enrolSecondFactor(userId, 'FIRST')
      await store.useSecondFactor(userId, 'FIRST', 1)
      expect(await store.enrolSecondFactor(userId, 'THIEF')).toEqual({ ok: false, error: 'already_enrolled' })
      await store.clearSecondFactor(userId)
      expect(await store.secondFactor(userId)).toBeNull()
      expect(await store.useSecondFactor(userId, 'FIRST', 2)).toBe(false)
      expect(await store.enrolSecondFactor(userId, 'SECOND')).toMatchObject({ ok: true })
    })
  })
}
