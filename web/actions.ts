import type { BotLevel, QueueMode } from '../protocol/messages.ts'

/** Everything that a player can do on the page. None of them throws or waits: answers come as page events. */
export interface Actions {
  find(mode: QueueMode): void
  cancel(): void
  playBot(level: BotLevel): void
  invite(): void
  accept(code: string): void
  move(cell: number): void
  resign(): void
  rematch(): void
  say(phrase: number): void
  /** Leave a finished or watched game, an invite or an error behind. */
  goHome(): void
  dismiss(): void
  /** Leave for a provider of identities; the browser comes back here. */
  signIn(provider: string): void
  /** End the account's session in this browser, on every server. */
  signOut(): void
  /** Connect again after another window took our place, or with a new session after ours ended. */
  comeBack(): void
}
