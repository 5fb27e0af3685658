/** A seed that once failed, and what was wrong. */
export interface RegressionSeed {
  readonly seed: number
  readonly found: string
}

/** Run by the tests for ever. Numbers mean what they mean with the simulator of this commit; the names say what they guard. */
export const regressionSeeds: readonly RegressionSeed[] = []
