import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** The page's one h1. Takes the focus when its screen opens, so that keyboard and screen reader start there. */
export function Heading({ children, hidden = false }: { children: ComponentChildren; hidden?: boolean }) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => ref.current?.focus({ preventScroll: true }), [])
  return (
    <h1 ref={ref} tabIndex={-1} class={hidden ? 'unseen' : undefined}>
      {children}
    </h1>
  )
}
