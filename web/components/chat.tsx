import { useEffect, useRef } from 'preact/hooks'
import { PHRASES } from '../../game/phrases.ts'

/** The sixteen phrases, folded away until wanted. */
export function Chat({ onSay }: { onSay: (phrase: number) => void }) {
  const details = useRef<HTMLDetailsElement>(null)
  const close = () => {
    details.current!.open = false
    details.current!.querySelector('summary')!.focus()
  }
  useEffect(() => {
    const onPointerDown = ({ target }: PointerEvent) => {
      if (!details.current!.contains(target as Node)) details.current!.open = false
    }
    addEventListener('pointerdown', onPointerDown)
    return () => removeEventListener('pointerdown', onPointerDown)
  }, [])
  return (
    <details class="chat" ref={details} onKeyDown={({ key }) => key === 'Escape' && close()}>
      <summary data-testid="chat">Chat</summary>
      <ul>
        {PHRASES.map((text, phrase) => (
          <li key={text}>
            <button
              type="button"
              class="small"
              data-testid={`say-${phrase}`}
              onClick={() => {
                onSay(phrase)
                close()
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
