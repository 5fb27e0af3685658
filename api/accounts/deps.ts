import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import type { AccountStore } from '../../ports/account-store.ts'
import type { EndedSessions } from '../../ports/ended-sessions.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import type { KeyRing } from './key-ring.ts'
import type { Provider } from './provider.ts'

/** What the accounts service stands on. */
export interface AccountsDeps {
  readonly keys: KeyRing
  readonly sessions: SessionStore
  readonly ended: EndedSessions
  readonly accounts: AccountStore
  /** Whose identities may sign in. */
  readonly providers: readonly Provider[]
  /** Where players' browsers find us; null: where the request was sent to. */
  readonly publicUrl: string | null
  /** `iss` of access tokens. */
  readonly issuer: string
  /** Region of new users. */
  readonly region: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}
