import type { Actions } from '../actions.ts'
import type { PageState } from '../state.ts'

/** Signing in and out. Nothing where nobody could: then everybody is a guest. */
export function Account({ state, actions }: { state: PageState; actions: Actions }) {
  const { account, providers, name } = state
  if (!account && providers.length === 0) return null
  return (
    <section class="card account" aria-labelledby="account">
      <h2 id="account">{account ? 'Your account' : 'Keep your games'}</h2>
      <p>
        {account
          ? `You are signed in as ${name}, on every device where you sign in.`
          : 'Sign in to be the same player on every device. What you have played as a guest comes along.'}
      </p>
      <div class="row">
        {account ? (
          <button type="button" data-testid="sign-out" disabled={state.asking !== null} onClick={actions.signOut}>
            Sign out
          </button>
        ) : (
          providers.map((provider) => (
            <button
              key={provider.name}
              type="button"
              data-testid={`sign-in-${provider.name}`}
              onClick={() => actions.signIn(provider.name)}
            >
              Sign in with {provider.title}
            </button>
          ))
        )}
      </div>
    </section>
  )
}
