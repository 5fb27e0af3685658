import type { UserId } from '../../protocol/ids.ts'
import type { Role } from '../account-store.ts'
import {
  SESSIONS_PER_USER_MAX,
  type Session,
  type SessionChanges,
  type SessionKind,
  type SessionStore,
  tagOfSession,
  userTag,
} from '../session-store.ts'
import type { Valkey } from './connect.ts'
import { readScript } from './script.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

const file = (name: string) => new URL(`lua/${name}.lua`, import.meta.url)
const lua = (name: string) => readScript(file(`session-${name}`), file('session'))
const scripts = {
  create: lua('create'),
  rotate: lua('rotate'),
  end: lua('end'),
  endAll: lua('end-all'),
  amend: lua('amend'),
}

/**
 * Sessions on a Valkey or Redis 7, single or cluster: a hash for the sessions of a user, which a session's id leads to, so that each call
 * touches one key. Some 300 bytes a session, until it ends.
 */
export function valkeySessionStore(valkey: Valkey, options: WriteOptions = {}): SessionStore {
  const write = scriptWriter(valkey, options)
  return {
    async create(session) {
      const { id, userId, createdAtMs } = session
      const args = [createdAtMs, SESSIONS_PER_USER_MAX, userId, id, toText(session)]
      await write(scripts.create, [keyOfSession(id)], args)
    },
    async rotate({ id, generation, rotatedBy, nowMs, expiresAtMs }) {
      const args = [nowMs, id, generation, rotatedBy ?? '', expiresAtMs]
      const answer = (await write(scripts.rotate, [keyOfSession(id)], args)) as RotateReply | null
      return answer === null ? { type: 'unknown' } : { type: answer[0], session: fromText(id, answer[1]) }
    },
    async find(id, nowMs) {
      const text = await valkey.hget(keyOfSession(id), id)
      const session = text === null ? null : fromText(id, text)
      return session !== null && nowMs < session.expiresAtMs ? session : null
    },
    async list(userId, nowMs) {
      const all = Object.entries(await valkey.hgetall(keyOfUser(userId))).map(([id, text]) => fromText(id, text))
      return all.filter((session) => session.userId === userId && nowMs < session.expiresAtMs)
    },
    async amend(userId, changes, id = '') {
      await write(scripts.amend, [keyOfUser(userId)], [userId, id, ...toLines(changes).flat()])
    },
    async end(id) {
      const text = (await write(scripts.end, [keyOfSession(id)], [id])) as string | null
      return text === null ? null : fromText(id, text)
    },
    async endAll(userId) {
      const flat = (await write(scripts.endAll, [keyOfUser(userId)], [userId])) as string[]
      return flat.flatMap((id, i) => (i % 2 === 0 ? [fromText(id, flat[i + 1]!)] : []))
    },
  }
}

type RotateReply = readonly ['rotated' | 'repeated' | 'reused', string]

const keyOfUser = (userId: UserId): string => `sess:${userTag(userId)}`
const keyOfSession = (id: string): string => `sess:${tagOfSession(id)}`

/** What stands in which line, counted from 1. The first four are known to the scripts. */
const Line = { name: 7, region: 8, role: 9, amr: 10 } as const

/** No field holds a line break; the name, which people choose, is JSON. */
const toText = (session: Session): string =>
  [
    session.userId,
    session.generation,
    session.expiresAtMs,
    session.rotatedBy ?? '',
    session.kind,
    session.createdAtMs,
    ...toLines(session).map(([, text]) => text),
  ].join('\n')

/** Line and text of each field that is there, in the order of the lines. */
function toLines({ name, region, role, amr }: SessionChanges): [number, string][] {
  const lines: [number, string | undefined][] = [
    [Line.name, name === undefined ? undefined : JSON.stringify(name)],
    [Line.region, region],
    [Line.role, role],
    [Line.amr, amr?.join(' ')],
  ]
  return lines.filter((line): line is [number, string] => line[1] !== undefined)
}

function fromText(id: string, text: string): Session {
  const lines = text.split('\n')
  const [userId, generation, expiresAtMs, rotatedBy, kind, createdAtMs, name, region, role, amr] = lines
  return {
    id,
    userId: userId as UserId,
    kind: kind as SessionKind,
    name: JSON.parse(name!) as string,
    region: region!,
    role: role as Role,
    amr: amr === '' ? [] : amr!.split(' '),
    createdAtMs: Number(createdAtMs),
    generation: Number(generation),
    rotatedBy: rotatedBy === '' ? null : rotatedBy!,
    expiresAtMs: Number(expiresAtMs),
  }
}
