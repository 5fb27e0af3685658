/** Runs `run` on every item, at most `limit` at once, begun in order. Rejects with the first failure; nothing is begun after it. */
export async function inParallel<T>(items: Iterable<T>, limit: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  let failed = false
  const work = async (): Promise<void> => {
    for (let next = left.next(); !next.done && !failed; next = left.next()) {
      try {
        await run(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, work))
}
