import { useRef } from 'preact/hooks'
import { PHRASES } from '../phrases.ts'

/** The sixteen phrases, folded away until wanted. */
export function Chat({ onSay }: { onSay: (phrase: number) => void }) {
  const details = useRef<HTMLDetailsElement>(null)
  const say = (phrase: number) => {
    onSay(phrase)
    if (details.current !== null) details.current.open = false
    details.current?.querySelector('summary')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || details.current === null) return
    details.current.open = false
    details.current.querySelector('summary')?.focus()
  }
  return (
    <details class="chat" ref={details} onKeyDown={onKeyDown}>
      <summary data-testid="chat">Chat</summary>
      <ul>
        {PHRASES.map((text, phrase) => (
          <li key={text}>
            <button type="button" class="small" data-testid={`say-${phrase}`} onClick={() => say(phrase)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
