import { useEffect, useState } from 'preact/hooks'
import type { Profile, ProfileActions } from '../profile.ts'

const NAME_LENGTH_MAX = 32

/** The player's own name and results. Asks nobody before somebody opens it. */
export function ProfileCard({ profile }: { profile: ProfileActions }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="card profile" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-testid="profile">Your name and results</summary>
      {open && <Opened profile={profile} />}
    </details>
  )
}

type Loaded = Profile | 'loading' | 'away'

function Opened({ profile }: { profile: ProfileActions }) {
  const [loaded, setLoaded] = useState<Loaded>('loading')
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void profile.load().then((found) => setLoaded(found ?? 'away'))
  }, [profile])

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('name') as HTMLInputElement
    setBusy(true)
    const done = await profile.rename(field.value)
    setBusy(false)
    if ('why' in done) return setSaid(done.why)
    field.value = done.name
    setSaid(`You are ${done.name} from your next game on.`)
  }

  if (loaded === 'loading') return <p role="status">One moment…</p>
  if (loaded === 'away') return <p role="status">Your profile cannot be shown right now.</p>
  const { name, results } = loaded
  return (
    <>
      <form class="row" onSubmit={(event) => void save(event)}>
        <label class="field">
          <span>Name</span>
          <input
            name="name"
            data-testid="name"
            defaultValue={name}
            maxLength={NAME_LENGTH_MAX}
            required
            autocomplete="nickname"
          />
        </label>
        <button type="submit" data-testid="save-name" disabled={busy}>
          Save
        </button>
      </form>
      <p role="status" data-testid="profile-said">
        {said}
      </p>
      <p data-testid="results">
        {results === null
          ? 'No game has counted yet: play somebody.'
          : `${results.played} games, ${results.won} won, ${results.drawn} drawn; rating ${results.rating}.`}
      </p>
    </>
  )
}
