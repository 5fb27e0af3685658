/** A seed that once failed, and what was wrong. */
export interface RegressionSeed {
  readonly seed: number
  readonly found: string
}

/** Run by the tests for ever. A number means what it means to the simulator of its day; later ones may meet other faults under it. */
export const regressionSeeds: readonly RegressionSeed[] = [
  { seed: 90, found: 'a game whose creation was refused timed out in memory and was written after all' },
  {
    seed: 96,
    found: 'an answer to a renewal from before a reclaim ended the new ownership; nobody took the shard then',
  },
  { seed: 115, found: 'an owner whose lease was long over took its shard back from a store that had restarted empty' },
  { seed: 140, found: 'a shard whose owner died just after a restart that lost its route was found by nobody' },
  { seed: 460, found: 'a server that was cut off from the registry before it died was told of games for ever' },
  { seed: 960, found: 'a ticket was put back though its player had a game, because a wall clock had jumped' },
  { seed: 1_045, found: 'watchers on the server that took a game over were not told of what the store had lost' },
  { seed: 1_099, found: 'the time during which a shard was closed counted against the players' },
  { seed: 1_234, found: 'a repeated WATCH showed an older state without UNDONE' },
  { seed: 2_013, found: 'a lost move and another one in its place looked like the same version' },
  { seed: 2_259, found: 'a newer owner that woke up late took the shard from the one that had waited for it' },
  { seed: 5_067, found: 'WELCOME said that a player waits who had been given a game while it was looked up' },
  {
    seed: 7_100,
    found: 'a game whose creation was refused was written after all, as its deadline had moved meanwhile',
  },
  { seed: 9_146, found: 'a player whose game was out of reach when the queue ended was never shown it' },
  { seed: 20_008, found: 'a shard that the store lost together with its owner was asked for without end' },
  { seed: 20_020, found: 'a take whose answer got lost left the shard without a server, and its games were not found' },
  { seed: 20_023, found: 'a newcomer to a game hid from older watchers that they had missed a move' },
  { seed: 30_190, found: 'a wall clock that jumped while time was given back ended a game at once' },
  {
    seed: 30_365,
    found: 'FIND was answered OK and nothing came, as the server had not heard how the game before ended',
  },
  { seed: 30_976, found: 'a claim that two failovers forgot stood before the living owner, whose epoch was no higher' },
  { seed: 50_006, found: 'a socket that waited heard nothing more when a second one of its player found the game' },
  { seed: 1_213, found: 'a server that ended released a shard that it had just taken, and still trusted in it' },
  { seed: 3_577, found: 'a move on a board that was never shown hid that another one had been lost' },
  { seed: 785, found: 'the ticket of somebody whose invite was taken, and the game not opened, was gone' },
  { seed: 1_876, found: 'a game of a deleted shard was asked for without end, as the server that had it lived' },
  { seed: 1_793, found: 'a destination was given the end of a game that no replica had, and a failover undid' },
  {
    seed: 2_184,
    found: 'the ticket of somebody whose invite was taken was gone when the taker stopped before the game opened',
  },
  { seed: 30_043, found: 'a WATCH showed another course of the same version without UNDONE' },
  { seed: 1_533, found: 'the time for which a commit was stuck before its shard was reclaimed was not given back' },
  {
    seed: 582,
    found: 'a claim that a failover forgot hid the owner who went on without it from everyone who had heard of it',
  },
  { seed: 342, found: 'a server gave a shard away whose last commits a failover had forgotten unnoticed' },
]
