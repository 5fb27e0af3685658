import { Mark } from './mark.tsx'

export function Header({ name }: { name: string | null }) {
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Oxo, start page">
        <Mark mark="O" />
        <Mark mark="X" />
        <Mark mark="O" />
      </a>
      <p class="me">{name !== null && <span>You are {name}</span>}</p>
    </header>
  )
}
