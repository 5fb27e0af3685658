import type { GameId } from '../../protocol/ids.ts'
import {
  type CommitAnswer,
  LedgerUnknown,
  type OpenAnswer,
  type RenewAnswer,
  type Settled,
  type ShardImage,
  type TakeAnswer,
} from './ledger.ts'

/*
 * What the scripts of `lua/` answer, as the port's values. Only our own scripts answer here: anything unexpected is a foreign store, and
 * throws.
 */

type Parts = readonly [type: string, ...rest: unknown[]]

export function opened(answer: unknown): OpenAnswer {
  const [type, runId] = answer as Parts
  if (type === 'opened') return { type, epoch: 1, runId: String(runId) }
  if (type === 'exists') return { type }
  return foreign(answer)
}

export function taken(answer: unknown): TakeAnswer {
  const [type, a, b, c] = answer as Parts
  switch (type) {
    case 'taken':
      return { type, epoch: Number(a), seq: Number(b), runId: String(c) }
    case 'held':
      return { type, owner: String(a), forMs: Number(b) }
    case 'grace':
      return { type, forMs: Number(a) }
    case 'missing':
    case 'refused':
      return { type }
    default:
      return foreign(answer)
  }
}

export function renewed(answer: unknown): RenewAnswer {
  const [type, a, b] = answer as Parts
  switch (type) {
    case 'renewed':
    case 'missing':
      return { type, runId: String(a) }
    case 'behind':
      return { type, seq: Number(a), runId: String(b) }
    case 'fenced':
      return { type }
    default:
      return foreign(answer)
  }
}

export function committed(answer: unknown): CommitAnswer {
  const [type, detail] = answer as Parts
  switch (type) {
    case 'committed':
      return { type, refused: detail === '' ? [] : (String(detail).split(' ') as GameId[]) }
    case 'gap':
      return { type, seq: Number(detail) }
    case 'fenced':
      return { type }
    default:
      return foreign(answer)
  }
}

export function found(answer: unknown): Settled | null {
  const [type, record] = answer as Parts
  switch (type) {
    case 'live':
    case 'done':
      return { type, record: String(record) }
    case 'void':
      return { type }
    case 'none':
      return null
    default:
      return foreign(answer)
  }
}

export function settled(answer: unknown): Settled {
  if ((answer as Parts)[0] === 'unsure') throw new LedgerUnknown('failover: owner not heard yet')
  return found(answer) ?? foreign(answer)
}

export function image(answer: unknown): ShardImage {
  const [seq, rooms, done, doneAgeMs] = answer as [number, string[], string[], number]
  return { seq, rooms: pairs(rooms), done: pairs(done), doneAgeMs: doneAgeMs < 0 ? null : doneAgeMs }
}

/** A hash as the store lists it; voids (no record) are left out. */
function pairs(flat: readonly string[]): Map<GameId, string> {
  const map = new Map<GameId, string>()
  for (let i = 0; i < flat.length; i += 2) if (flat[i + 1] !== '') map.set(flat[i] as GameId, flat[i + 1]!)
  return map
}

function foreign(answer: unknown): never {
  throw new Error(`not an answer of our scripts: ${JSON.stringify(answer)}`)
}
