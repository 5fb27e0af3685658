/** A seed that once failed, and what was wrong. */
export interface RegressionSeed {
  readonly seed: number
  readonly found: string
}

/** Run by the tests for ever. A number means what it means to the simulator of its day; later ones may meet other faults under it. */
export const regressionSeeds: readonly RegressionSeed[] = [
  {
    seed: 96,
    found: 'an answer to a renewal from before a reclaim ended the new ownership; nobody took the shard then',
  },
  { seed: 20_008, found: 'a shard that the store lost together with its owner was asked for without end' },
  { seed: 20_020, found: 'a take whose answer got lost left the shard without a server, and its games were not found' },
  { seed: 20_023, found: 'a newcomer to a game hid from older watchers that they had missed a move' },
  { seed: 90, found: 'a game whose creation was refused timed out in memory and was written after all' },
  { seed: 115, found: 'an owner whose lease was long over took its shard back from a store that had restarted empty' },
]
