import { expect, test } from 'vitest'
import { batched } from './batched.ts'

function recorded(fails = false) {
  const runs: (readonly string[])[] = []
  const call = batched<string, string>(
    3,
    (item) => item[0]!,
    async (items) => {
      runs.push(items)
      if (fails) throw new Error('store down')
      return items.map((item) => item.toUpperCase())
    },
  )
  return { runs, call }
}

test('[batch] calls of one turn go together by key, at most so many at once, each with its own answer', async () => {
  const { runs, call } = recorded()
  const answers = await Promise.all(['a1', 'b1', 'a2', 'a3', 'a4', 'b2'].map(call))
  expect(answers).toEqual(['A1', 'B1', 'A2', 'A3', 'A4', 'B2'])
  expect(runs).toEqual([['a1', 'a2', 'a3'], ['b1', 'b2'], ['a4']])
})

test('[batch] what comes when a batch has left goes with the next one', async () => {
  const { runs, call } = recorded()
  await call('a1')
  await Promise.all([call('a2'), call('a3')])
  expect(runs).toEqual([['a1'], ['a2', 'a3']])
})

test('[batch] a failure is that of all its calls, and of no others', async () => {
  const { runs, call } = recorded(true)
  const settled = await Promise.allSettled(['a1', 'a2'].map(call))
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(call('a3')).rejects.toThrow('store down')
  expect(runs).toEqual([['a1', 'a2'], ['a3']])
})
