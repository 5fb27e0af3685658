import { unreachable } from '../../kit/assert.ts'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import type { Invite, Invites } from '../invites.ts'
import { memoryInvites } from '../memory/invites.ts'
import { openChangeLog } from './change-log.ts'

export interface FileInvites extends Invites {
  /** Waits for what is under way; `close` is for an invite. */
  closeFile(): Promise<void>
}

type Step =
  | readonly ['open', host: Invite['host'], code: InviteCode, nowMs: number]
  | readonly ['use', code: InviteCode, by: UserId, gameId: GameId, nowMs: number]
  | readonly ['close', UserId]

/**
 * The memory invites, each change in `path` before its answer and back at the next start.
 * @throws Error in one line when the file cannot be read or written
 */
export async function fileInvites(path: string): Promise<FileInvites> {
  const memory = memoryInvites()

  async function apply(step: Step): Promise<unknown> {
    switch (step[0]) {
      case 'open':
        return memory.open(step[1], step[2], step[3])
      case 'use':
        return memory.use(step[1], step[2], step[3], step[4])
      case 'close':
        return memory.close([step[1]])
      default:
        return unreachable(step)
    }
  }

  function* snapshot(): Iterable<Step> {
    for (const { code, host, openedAtMs, used } of memory.all()) {
      yield ['open', host, code, openedAtMs]
      if (used !== null) yield ['use', code, used.by, used.gameId, openedAtMs]
    }
  }

  const log = await openChangeLog(path, apply, snapshot)

  function closeOne(userId: UserId): Promise<void> {
    let ended = false
    return log.change(
      () => {
        const before = memory.held()
        const closing = memory.close([userId])
        ended = memory.held() < before
        return closing
      },
      // Every new game closes the invites of its players, and most have none.
      () => (ended ? ['close', userId] : null),
    )
  }

  return {
    open: (host, fresh, nowMs) =>
      log.change(
        () => memory.open(host, fresh, nowMs),
        // A standing invite is on its way to the disk already, or there.
        (invite) => (invite?.code === fresh ? ['open', host, fresh, nowMs] : null),
      ),
    find: (code, nowMs) => log.read(() => memory.find(code, nowMs)),
    use: (code, by, gameId, nowMs) =>
      log.change(
        () => memory.use(code, by, gameId, nowMs),
        (used) => (used ? ['use', code, by, gameId, nowMs] : null),
      ),
    async close(hosts) {
      await Promise.all(hosts.map(closeOne))
    },
    closeFile: log.close,
  }
}
