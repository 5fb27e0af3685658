import { plants } from './plants/list.ts'
import { runWhileWanted } from './pool.ts'

/** Each bug is found within so many seeds in the median of its starts, and never later than the second figure. */
const MEDIAN_MAX = 500
const EVER_MAX = 5_000
/** Starts are so many seeds apart. */
const START_EVERY = 10_000

/** By start, how many seeds from there on it takes to notice the bug; null: more than `max`, which is less than starts are apart. */
export async function seedsToFind(
  plant: string,
  starts: readonly number[],
  max: number,
  workers: number,
): Promise<readonly (number | null)[]> {
  const found: (number | null)[] = starts.map(() => null)
  let at = 0
  let tried = 0
  await runWhileWanted({
    workers,
    plant,
    // One at a time: none are run in vain after the one that shows it.
    next() {
      while (at < starts.length && (found[at] !== null || tried === max)) {
        at += 1
        tried = 0
      }
      return at < starts.length ? { from: starts[at]! + tried++, count: 1 } : null
    },
    report({ seed, violations }) {
      if (violations.length === 0) return
      const start = starts.findLastIndex((from) => from <= seed)
      found[start] = Math.min(found[start] ?? Number.POSITIVE_INFINITY, seed - starts[start]! + 1)
    },
  })
  return found
}

/** Plants every bug in turn and says how soon it is found. Last line: JSON. */
export async function runSelftest(starts: number, workers: number): Promise<boolean> {
  const rows: { readonly plant: string; readonly found: readonly (number | null)[]; readonly median: number | null }[] =
    []
  for (const { name } of plants) {
    const froms = Array.from({ length: starts }, (_, n) => (n + 1) * START_EVERY)
    const found = await seedsToFind(name, froms, EVER_MAX, workers)
    const median = found.toSorted((a, b) => (a ?? EVER_MAX + 1) - (b ?? EVER_MAX + 1))[Math.floor(starts / 2)] ?? null
    rows.push({ plant: name, found, median })
    process.stdout.write(`${String(median ?? '-').padStart(5)}  ${name}  (${found.join(', ')})\n`)
  }
  const missed = rows.filter(({ found, median }) => median === null || median > MEDIAN_MAX || found.includes(null))
  process.stdout.write(`${JSON.stringify({ plants: rows.length, missed: missed.map(({ plant }) => plant), rows })}\n`)
  return missed.length === 0
}
