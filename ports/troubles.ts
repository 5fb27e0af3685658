/** Stores that play does not need and that are down, as the processes that use them say: servers show it as their level. */
export interface Troubles {
  /** `reporter` finds `store` down. Forgotten after `ttlMs` unless it is said again. */
  raise(reporter: string, store: string, ttlMs: number): Promise<void>
  /** `reporter` finds it well again. */
  clear(reporter: string, store: string): Promise<void>
  /** Stores that somebody finds down, each once, in order of their names. */
  raised(): Promise<readonly string[]>
}
