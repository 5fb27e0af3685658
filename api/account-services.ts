import { OpenAPIHono } from '@hono/zod-openapi'
import { endUser, type SessionEnds } from '../ports/ended-sessions.ts'
import type { GateEnv } from '../ports/http/gate/passage.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Accounts } from './accounts/accounts.ts'
import { type AdminDeps, createAdmin } from './admin/admin.ts'
import { createUsers, type UsersDeps } from './profile/users.ts'

/** Sign-in, profiles and administration: `accounts` in SERVICES. */
export function accountServices(
  signIn: Pick<Accounts, 'app' | 'mint'> & SessionEnds,
  deps: Omit<UsersDeps & AdminDeps, 'sessions' | 'endUser' | 'mint'>,
): { readonly app: OpenAPIHono<GateEnv> } {
  const own = { ...deps, sessions: signIn.sessions, endUser: (userId: UserId) => endUser(signIn, userId) }
  const app = new OpenAPIHono<GateEnv>()
  for (const part of [signIn, createUsers(own), createAdmin({ ...own, mint: signIn.mint })]) app.route('/', part.app)
  return { app }
}
