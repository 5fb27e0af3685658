export type Seat = 0 | 1
export type Line = readonly [number, number, number]
/** What a board code counts per cell. */
export type Mark = 0 | 1 | 2
