/** How full the live store is: its memory holds every running game, and refuses to write when it is used up. */
export interface StoreMemory {
  /** Of the fullest part of it, 0..1. */
  share(): Promise<number>
}
