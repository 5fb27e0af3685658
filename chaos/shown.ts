import type { ServerMessage } from '../protocol/messages.ts'
import type { Event } from './history.ts'

type Shown = Extract<Event, { e: 'welcome' | 'state' | 'moved' | 'ended' | 'undone' }>
type Part<E> = E extends Event ? Omit<E, 't' | 'p' | 's'> : never

/** What of a frame belongs into the history; null: nothing. */
export function shownBy(message: ServerMessage): Part<Shown> | null {
  switch (message.type) {
    case 'welcome': {
      const { server, games, queue } = message.info
      return { e: 'welcome', server, user: message.userId, games, queue }
    }
    case 'state': {
      const { moves, status, reason, you } = message.game
      return { e: 'state', g: message.gameId, v: message.version, moves: moves.join(''), status, reason, you }
    }
    case 'moved':
      return { e: 'moved', g: message.gameId, v: message.version, ply: message.ply, cell: message.cell }
    case 'ended':
      return { e: 'ended', g: message.gameId, v: message.version, status: message.status, reason: message.reason }
    case 'undone':
      return { e: 'undone', g: message.gameId, v: message.version }
    default:
      return null
  }
}
