import type { ClientMessage } from '../protocol/messages.ts'

/** Requests whose OK is a promise. */
export type AskType = Extract<ClientMessage['type'], 'find' | 'move' | 'resign' | 'rematch'>

/** What a request is about. `g`: the game; `ply` and `cell` of a MOVE. */
export interface Asked {
  readonly type: AskType
  readonly g?: string
  readonly ply?: number
  readonly cell?: number
}

export function messageOf({ type, g, ply, cell }: Asked, rid: number): ClientMessage {
  if (type === 'find') return { type, rid, mode: 'casual' }
  if (type === 'move') return { type, rid, gameId: g!, ply: ply!, cell: cell! }
  return { type, rid, gameId: g! }
}
