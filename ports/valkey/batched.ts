interface Call<Item, Answer> {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes one call of many: those of one turn of the event loop that share a key go together, at most `max` at once, in their order.
 * @param run answers an item each; if it rejects, each of its items does
 */
export function batched<Item, Answer>(
  max: number,
  keyOf: (item: Item) => string,
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  const open = new Map<string, Call<Item, Answer>[]>()

  function send(key: string, calls: readonly Call<Item, Answer>[]): void {
    if (open.get(key) === calls) open.delete(key)
    run(calls.map(({ item }) => item)).then(
      (answers) => {
        for (const [i, { resolve }] of calls.entries()) resolve(answers[i]!)
      },
      (error) => {
        for (const { reject } of calls) reject(error)
      },
    )
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const key = keyOf(item)
      let calls = open.get(key)
      if (calls === undefined) {
        const first: Call<Item, Answer>[] = []
        calls = first
        open.set(key, first)
        setImmediate(() => {
          if (open.get(key) === first) send(key, first)
        })
      }
      calls.push({ item, resolve, reject })
      if (calls.length === max) send(key, calls)
    })
}
