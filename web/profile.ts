import type { Rest } from '../client/rest.ts'

/** What the page shows of its player. */
export interface Profile {
  readonly name: string
  /** Null: no game has counted yet, or nobody can say right now. */
  readonly results: {
    readonly played: number
    readonly won: number
    readonly drawn: number
    readonly rating: number
  } | null
}

export interface ProfileActions {
  /** Null: it cannot be had right now. */
  load(): Promise<Profile | null>
  /** The name as it is now, or why it stays as it was, for people. */
  rename(name: string): Promise<{ readonly name: string } | { readonly why: string }>
}

const AWAY = 'Names cannot be changed right now. Try again later.'

/** @param renewed called after a change: tokens carry the name that others see */
export function profileActions(rest: Rest, renewed: () => Promise<unknown>): ProfileActions {
  return {
    async load() {
      const { data: me } = await rest.GET('/users/me').catch(() => ({ data: undefined }))
      if (me === undefined) return null
      const params = { path: { userId: me.userId } }
      const { data } = await rest.GET('/users/{userId}/stats', { params }).catch(() => ({ data: undefined }))
      if (data === undefined || data.gamesPlayed === 0) return { name: me.name, results: null }
      const { gamesPlayed: played, gamesWon: won, gamesDrawn: drawn, rating } = data
      return { name: me.name, results: { played, won, drawn, rating } }
    },
    async rename(name) {
      const params = { path: { userId: 'me' } }
      const { data, error } = await rest.PUT('/users/{userId}', { params, body: { displayName: name } }).catch(() => ({
        data: undefined,
        error: undefined,
      }))
      if (data !== undefined) {
        await renewed().catch(() => {})
        return { name: data.name }
      }
      const refused = error?.error.code === 'BAD_REQUEST' ? error.error.message.replace(/^displayName: /, '') : null
      return { why: refused === null ? AWAY : `A name ${refused}.` }
    },
  }
}
