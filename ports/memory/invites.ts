import type { InviteCode, UserId } from '../../protocol/ids.ts'
import { INVITE_TTL_MS } from '../../protocol/limits.ts'
import type { Invite, Invites } from '../invites.ts'

export interface MemoryInvites extends Invites {
  /** Invites held. Those that expired are cleared away whenever one is opened. */
  held(): number
  /** The invites held, oldest first. */
  all(): Iterable<Invite>
}

/** Invites of this process alone; they end with it. Shared by every node in it. Calls are O(1), amortised. */
export function memoryInvites(): MemoryInvites {
  /** Oldest first: all live equally long. */
  const byCode = new Map<InviteCode, Invite>()
  const openByHost = new Map<UserId, InviteCode>()

  function forget(invite: Invite): void {
    byCode.delete(invite.code)
    if (openByHost.get(invite.host.userId) === invite.code) openByHost.delete(invite.host.userId)
  }

  function live(code: InviteCode, nowMs: number): Invite | null {
    const invite = byCode.get(code) ?? null
    return invite !== null && !hasExpired(invite, nowMs) ? invite : null
  }

  function sweep(nowMs: number): void {
    for (const invite of byCode.values()) {
      if (!hasExpired(invite, nowMs)) return
      forget(invite)
    }
  }

  return {
    async open(host, fresh, nowMs) {
      sweep(nowMs)
      const code = openByHost.get(host.userId)
      const standing = code === undefined ? null : live(code, nowMs)
      if (standing !== null) return standing
      if (live(fresh, nowMs) !== null) return null
      const invite: Invite = { code: fresh, host, openedAtMs: nowMs, used: null }
      byCode.set(fresh, invite)
      openByHost.set(host.userId, fresh)
      return invite
    },
    find: async (code, nowMs) => live(code, nowMs),
    async use(code, by, gameId, nowMs) {
      const invite = live(code, nowMs)
      if (invite === null) return false
      if (invite.used !== null) return invite.used.by === by && invite.used.gameId === gameId
      byCode.set(code, { ...invite, used: { by, gameId } })
      openByHost.delete(invite.host.userId)
      return true
    },
    close(hosts) {
      for (const userId of hosts) {
        const code = openByHost.get(userId)
        if (code === undefined) continue
        byCode.delete(code)
        openByHost.delete(userId)
      }
      return Promise.resolve()
    },
    held: () => byCode.size,
    all: () => byCode.values(),
  }
}

const hasExpired = (invite: Invite, nowMs: number): boolean => nowMs >= invite.openedAtMs + INVITE_TTL_MS
