import { useRef, useState } from 'preact/hooks'
import type { Actions } from '../actions.ts'
import type { Ask } from '../refusals.ts'
import { Heading } from './heading.tsx'

/** We made an invite: the link, and waiting. */
export function Inviting({ link, actions }: { link: string; actions: Actions }) {
  const input = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    setCopied(await copyText(link, input.current))
  }
  return (
    <section class="card wait">
      <Heading>Send this link to a friend</Heading>
      <p class="lead">The game begins when it is opened. The link works once, for ten minutes.</p>
      <div class="row">
        <label class="field grow">
          <span>Invite link</span>
          <input
            ref={input}
            data-testid="invite-link"
            readOnly
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
        <button type="button" class="primary" data-testid="copy-invite" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p class="quiet" role="status">
        {copied ? 'Copied. Now paste it where your friend sees it.' : 'Waiting for your friend…'}
      </p>
      <div class="row">
        <button type="button" onClick={actions.goHome}>
          Back
        </button>
      </div>
    </section>
  )
}

/** The clipboard needs a secure origin; elsewhere the old way still works. */
async function copyText(text: string, input: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    input?.select()
    return document.execCommand('copy')
  }
}

/** We came by an invite link: nothing is joined before a click. */
export function Invited({ code, actions, asking }: { code: string; actions: Actions; asking: Ask | null }) {
  return (
    <section class="card wait">
      <Heading>You are invited to a game</Heading>
      <p class="lead">A friend wants to play you. Who begins is drawn by lot.</p>
      <div class="row">
        <button
          type="button"
          class="primary"
          data-testid="accept-invite"
          disabled={asking !== null}
          onClick={() => actions.accept(code)}
        >
          Play
        </button>
        <button type="button" onClick={actions.goHome}>
          Not now
        </button>
      </div>
    </section>
  )
}
