import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { editsOf, plants } from './plants/list.ts'
import { plantIn } from './plants/plant-in.ts'
import { runSeeds } from './pool.ts'
import { regressionSeeds } from './seeds.ts'
import { seedsToFind } from './selftest.ts'
import { passes, type Summary, summarise } from './summary.ts'
import { runSeed, type SeedReport } from './world.ts'

const WORKERS = 2
/** For a machine that does much else. */
const TIMEOUT_MS = 180_000
/** Seeds of the test; others are run by hand and by night. */
const SEEDS = 200
/** Bugs that the test plants each time, and within how many seeds it must notice them. */
const PLANTED = ['acknowledged before the commit', 'STATE past the gate', 'a resend with a new number']
const PLANTED_SEEDS_MAX = 40

async function reportsOf(from: number, count: number): Promise<SeedReport[]> {
  const reports: SeedReport[] = []
  await runSeeds({ from, count, workers: WORKERS, report: (report) => reports.push(report) })
  return reports
}

const failures = (reports: readonly SeedReport[]) =>
  reports.filter(({ violations }) => violations.length > 0).map(({ seed, violations }) => ({ seed, violations }))

test(
  `[P1..P8] ${SEEDS} seeds of servers, store and network failing in every way break no promise`,
  async () => {
    const reports = await reportsOf(1, SEEDS)
    expect(failures(reports)).toEqual([])
    const { seeds, mean } = summarise(reports)
    expect(seeds).toBe(SEEDS)
    expect(mean.faults).toBeGreaterThanOrEqual(3)
    expect(mean.games).toBeGreaterThanOrEqual(20)
  },
  TIMEOUT_MS,
)

test('[P1..P8] seeds that once failed', async () => {
  const reports: SeedReport[] = []
  for (const { seed } of regressionSeeds) reports.push(await runSeed({ seed }))
  expect(failures(reports)).toEqual([])
})

test('[sim] the same seed is the same run, another one is not', async () => {
  const [one, again, other] = [await runSeed({ seed: 7 }), await runSeed({ seed: 7 }), await runSeed({ seed: 8 })]
  expect(again).toEqual(one)
  expect(other.hash).not.toBe(one.hash)
})

test('[sim] every planted bug still has its place in the code', () => {
  for (const plant of plants) {
    for (const edit of editsOf(plant)) {
      const source = readFileSync(new URL(`../${edit.file}`, import.meta.url), 'utf8')
      expect(plantIn(edit, source), plant.name).not.toBe(source)
    }
  }
})

for (const plant of PLANTED) {
  test(`[sim] notices the planted bug: ${plant}`, async () => {
    expect(await seedsToFind(plant, [1], PLANTED_SEEDS_MAX, WORKERS)).not.toEqual([null])
  })
}

test('[sim] a run that breaks a promise, or leaves a fault or a recovery untried, does not pass', () => {
  const all: Summary = { ...summarise([]), seeds: 5_000 }
  expect(passes({ ...all, missing: [] })).toBe(true)
  expect(passes({ ...all, missing: ['fault kill'] })).toBe(false)
  expect(passes({ ...all, missing: [], violations: 1 })).toBe(false)
  expect(summarise([]).missing).toContain('take expired: taken')
})
