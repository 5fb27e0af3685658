import { assert } from '../../kit/assert.ts'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import { INVITE_TTL_MS } from '../../protocol/limits.ts'
import type { Invite, Invites } from '../invites.ts'
import type { Valkey } from './connect.ts'
import { readScript } from './script.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

const lua = (name: string) => readScript(new URL(`lua/invite-${name}.lua`, import.meta.url))
const scripts = { open: lua('open'), use: lua('use'), close: lua('close') }

/** Longer than an invite lives, because servers' clocks may differ by this; in ms. */
const CLOCK_MARGIN_MS = 60_000
/** An invite that changes hands so often between a look and the script is our own bug. */
const TRIES = 3

/**
 * Invites on a Valkey or Redis 7, single or cluster. A script may touch one slot only, so all of them share a hash tag: opening one is
 * atomic for its host and its code. The host's key holds all of the open invite, so a script needs no key that it is not told; where a
 * call does not name both keys it reads the other one first, and the script checks that it is still so. Memory: some 500 bytes an
 * invite, for INVITE_TTL_MS. A call that rejects may have happened; each may be repeated.
 */
export function valkeyInvites(valkey: Valkey, options: WriteOptions = {}): Invites {
  const write = scriptWriter(valkey, options)

  async function read(code: InviteCode): Promise<Invite | null> {
    const [at, userId, name, by, gameId] = await valkey.hmget(codeKey(code), 'at', 'host', 'name', 'by', 'game')
    if (!at) return null
    const used = by ? { by: by as UserId, gameId: gameId as GameId } : null
    return { code, host: { userId: userId as UserId, name: name! }, openedAtMs: Number(at), used }
  }

  async function live(code: InviteCode, nowMs: number): Promise<Invite | null> {
    const invite = await read(code)
    return invite !== null && nowMs < invite.openedAtMs + INVITE_TTL_MS ? invite : null
  }

  async function closeOne(userId: UserId): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries++) {
      const code = (await valkey.hget(hostKey(userId), 'code')) as InviteCode | null
      if (code === null) return
      if ((await write(scripts.close, [hostKey(userId), codeKey(code)], [code])) === 1) return
    }
    assert(false, `the host's invite changed ${TRIES} times`)
  }

  return {
    async open(host, fresh, nowMs) {
      const args = [nowMs, INVITE_TTL_MS, INVITE_TTL_MS + CLOCK_MARGIN_MS, fresh, host.userId, host.name]
      const answer = (await write(scripts.open, [hostKey(host.userId), codeKey(fresh)], args)) as string[] | null
      if (answer === null) return null
      const [code, at, name] = answer as [InviteCode, string, string]
      return { code, host: { userId: host.userId, name }, openedAtMs: Number(at), used: null }
    },
    find: live,
    async use(code, by, gameId, nowMs) {
      for (let tries = 1; tries <= TRIES; tries++) {
        const invite = await live(code, nowMs)
        if (invite === null) return false
        const { userId } = invite.host
        const keys = [hostKey(userId), codeKey(code)]
        const answer = await write(scripts.use, keys, [nowMs, INVITE_TTL_MS, code, userId, by, gameId])
        if (answer !== -1) return answer === 1
      }
      assert(false, `invite ${code} changed hands ${TRIES} times`)
    },
    async close(hosts) {
      await Promise.all(hosts.map(closeOne))
    },
  }
}

const codeKey = (code: InviteCode): string => `{inv}:code:${code}`
const hostKey = (userId: UserId): string => `{inv}:host:${userId}`
