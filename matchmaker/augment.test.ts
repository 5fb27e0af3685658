import { expect, test } from 'vitest'
import { augment } from './augment.ts'
import { graphOf } from './graph.ts'
import { NOW_MS, ticket, userOf } from './test-tickets.ts'

/** A graph of `count` places with exactly these edges, and mates that pair as told. */
function given(
  count: number,
  edges: readonly (readonly [number, number])[],
  pairs: readonly (readonly [number, number])[],
) {
  const joined = (i: number, j: number) => edges.some(([a, b]) => (a === i && b === j) || (a === j && b === i))
  const places = [...Array(count).keys()]
  const blocked = (i: number) => places.filter((j) => !joined(i, j)).map(userOf)
  const graph = graphOf(
    places.map((i) => ticket(i, 1_500 + i, 0, { blocked: blocked(i) })),
    NOW_MS,
  )
  const mates = new Int32Array(count).fill(-1)
  for (const [a, b] of pairs) {
    mates[a] = b
    mates[b] = a
  }
  return { graph, mates }
}

const noneUrgent = new Float64Array(8)

test('[augment] a path of any length ends at another lone place: both get partners', () => {
  const path = [0, 1, 2, 3, 4, 5, 6].map((i) => [i, i + 1] as const)
  const { graph, mates } = given(8, path, [
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  expect(augment(graph, noneUrgent, 0, mates)).toBeNull()
  expect([...mates]).toEqual([1, 0, 3, 2, 5, 4, 7, 6])
})

test('[augment] a path through either side of a triangle', () => {
  const triangle = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const
  for (const end of [1, 2] as const) {
    const { graph, mates } = given(4, [...triangle, [end, 3]], [[1, 2]])
    augment(graph, noneUrgent, 0, mates)
    expect(mates[3]).toBe(end)
    expect(mates[0]).toBe(3 - end)
  }
})

test("[augment] who is not urgent takes nobody's partner", () => {
  const { graph, mates } = given(
    3,
    [
      [0, 1],
      [1, 2],
    ],
    [[1, 2]],
  )
  expect(augment(graph, noneUrgent, 0, mates)).toBeNull()
  expect([...mates]).toEqual([-1, 2, 1])
})

test('[augment] who is urgent takes the place of the least urgent in reach, however far', () => {
  const path = [0, 1, 2, 3].map((i) => [i, i + 1] as const)
  const { graph, mates } = given(5, path, [
    [1, 2],
    [3, 4],
  ])
  expect(augment(graph, Float64Array.of(2, 0, 3, 0, 1), 0, mates)).toBe(4)
  expect([...mates]).toEqual([1, 0, 3, 2, -1])
})

test('[augment] a path never meets itself: where only that would help, nothing changes', () => {
  const edges = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [2, 4],
  ] as const
  const { graph, mates } = given(5, edges, [
    [1, 2],
    [3, 4],
  ])
  expect(augment(graph, Float64Array.of(1, 0, 3, 4, 2), 0, mates)).toBeNull()
  expect([...mates]).toEqual([-1, 2, 1, 4, 3])
})
