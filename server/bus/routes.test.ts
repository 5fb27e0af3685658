import { expect, test } from 'vitest'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import { createRoutes, UNLISTED_DEAD_MS, UNLISTED_MS } from './routes.ts'

const [a, b] = ['a' as NodeName, 'b' as NodeName]
const route = (shard: number, node: NodeName, epoch = 1): Route => ({ shard, epoch, node })

function given(...known: readonly Route[]) {
  const routes = createRoutes(() => {})
  for (const one of known) routes.learn(one)
  return routes
}

test('[routes] what the registry lists is learned, and only grows by epoch', () => {
  const routes = given(route(1, a, 2))
  routes.reconcile([route(1, b, 1), route(2, b)], new Set([a, b]), 0)
  expect([routes.get(1), routes.get(2)]).toEqual([route(1, a, 2), route(2, b)])
  routes.reconcile([route(1, b, 3), route(2, b)], new Set([a, b]), 0)
  expect(routes.get(1)).toEqual(route(1, b, 3))
})

test('[routes] a route to a server that is gone never stands before one to a living server', () => {
  const routes = given(route(1, a, 2))
  routes.reconcile([route(1, b, 1)], new Set([b]), 0)
  expect(routes.get(1)).toEqual(route(1, b, 1))
})

for (const [name, living, unlistedMs] of [
  ['a living server', [a, b], UNLISTED_MS],
  ['a server that is gone', [b], UNLISTED_DEAD_MS],
] as const) {
  test(`[routes] one to ${name} that the registry does not list leads nowhere after ${unlistedMs / 1_000} s`, () => {
    const routes = given(route(1, a))
    const look = (nowMs: number) => routes.reconcile([route(2, b)], new Set(living), nowMs)
    look(0)
    look(unlistedMs - 1)
    expect(routes.get(1)).toEqual(route(1, a))
    look(unlistedMs)
    expect(routes.get(1)).toBeNull()
    expect(routes.get(2)).toEqual(route(2, b))
  })
}

test('[routes] one that was listed again meanwhile has all its time again', () => {
  const routes = given(route(1, a))
  const look = (listed: readonly Route[], nowMs: number) => routes.reconcile(listed, new Set([b]), nowMs)
  look([], 0)
  look([route(1, a)], UNLISTED_DEAD_MS - 1)
  look([], UNLISTED_DEAD_MS)
  look([], 2 * UNLISTED_DEAD_MS - 1)
  expect(routes.get(1)).toEqual(route(1, a))
})
