import { plants } from './plants/list.ts'
import { runSeeds } from './pool.ts'

/** Each bug is found within so many seeds in the median of its starts, and never later than the second figure. */
const MEDIAN_MAX = 500
const EVER_MAX = 5_000
/** Starts are so many seeds apart. */
const START_EVERY = 10_000

/** How many seeds from `from` on it takes to notice the bug; null: more than `max`. */
export async function seedsToFind(plant: string, from: number, max: number, workers: number): Promise<number | null> {
  let found: number | null = null
  await runSeeds({
    from,
    count: max,
    workers,
    plant,
    report({ seed, violations }) {
      if (violations.length > 0) found = Math.min(found ?? Number.POSITIVE_INFINITY, seed - from + 1)
    },
    enough: () => found !== null,
  })
  return found
}

/** Plants every bug in turn and says how soon it is found. Last line: JSON. */
export async function runSelftest(starts: number, workers: number): Promise<boolean> {
  const rows: { readonly plant: string; readonly found: readonly (number | null)[]; readonly median: number | null }[] =
    []
  for (const { name } of plants) {
    const found: (number | null)[] = []
    for (let start = 1; start <= starts; start++) {
      found.push(await seedsToFind(name, start * START_EVERY, EVER_MAX, workers))
    }
    const median = found.toSorted((a, b) => (a ?? EVER_MAX + 1) - (b ?? EVER_MAX + 1))[Math.floor(starts / 2)] ?? null
    rows.push({ plant: name, found, median })
    process.stdout.write(`${String(median ?? '-').padStart(5)}  ${name}  (${found.join(', ')})\n`)
  }
  const missed = rows.filter(({ found, median }) => median === null || median > MEDIAN_MAX || found.includes(null))
  process.stdout.write(`${JSON.stringify({ plants: rows.length, missed: missed.map(({ plant }) => plant), rows })}\n`)
  return missed.length === 0
}
