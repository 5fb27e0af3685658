/** Tells when a store may have forgotten what it answered. */
export interface StoreLife {
  /**
   * Names the life of every primary: another text means that one of them restarted or failed over, and may hold less than before.
   * @throws Error when one of them is out of reach
   */
  current(): Promise<string>
}

/** A store that lives as long as this process, or writes everything down. */
export const oneLife: StoreLife = { current: async () => '' }
