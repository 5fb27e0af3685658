import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'

/** Routes kept; the least recently learned goes first. A lost one is asked for again. */
const ROUTES_MAX = 100_000
/** A route to a living server that the registry has not listed for so long leads nowhere, in ms: a store that forgot is told again long before. */
export const UNLISTED_MS = 60_000
/** The same for one to a server that is gone, in ms: after a restart of the store nobody but those who know it can tell it again. */
export const UNLISTED_DEAD_MS = 5_000

/** Which server holds a shard, as far as this one has heard. A route changes only to a higher epoch. */
export function createRoutes(changed: (route: Route, before: Route | null) => void) {
  const routes = new Map<number, Route>()
  /** Since when routes have not been in the registry, monotonic ms. */
  const unlisted = new Map<number, number>()

  /** True: it was news. */
  function learn(route: Route): boolean {
    const before = routes.get(route.shard) ?? null
    if (before !== null && before.epoch >= route.epoch) return false
    routes.delete(route.shard)
    routes.set(route.shard, route)
    if (routes.size > ROUTES_MAX) routes.delete(routes.keys().next().value!)
    changed(route, before)
    return true
  }

  /** A route to a server that is gone never stands before one to a living server, whatever its epoch. */
  function replaceDead(before: Route, route: Route, living: ReadonlySet<NodeName>): void {
    if (before.node === route.node || living.has(before.node) || !living.has(route.node)) return
    routes.set(route.shard, route)
    changed(route, before)
  }

  /** What the registry holds. A route that it has not had for long leads nowhere any more. */
  function reconcile(registered: readonly Route[], living: ReadonlySet<NodeName>, nowMs: number): void {
    for (const route of registered) {
      const before = routes.get(route.shard)
      if (before === undefined || before.epoch < route.epoch) learn(route)
      else replaceDead(before, route, living)
    }
    // It lists a shard once, and all of them are known by now: as many known ones are the same.
    if (routes.size === registered.length && unlisted.size === 0) return
    const listed = new Set(registered.map(({ shard }) => shard))
    for (const shard of unlisted.keys()) if (listed.has(shard) || !routes.has(shard)) unlisted.delete(shard)
    for (const { shard, node } of routes.values()) {
      if (listed.has(shard)) continue
      const sinceMs = unlisted.get(shard) ?? nowMs
      if (nowMs - sinceMs < (living.has(node) ? UNLISTED_MS : UNLISTED_DEAD_MS)) unlisted.set(shard, sinceMs)
      else routes.delete(shard)
    }
  }

  return {
    learn,
    reconcile,
    get: (shard: number): Route | null => routes.get(shard) ?? null,
    /** Its shard is gone, or its server does not know it. */
    forget: (shard: number): void => void routes.delete(shard),
    all: (): readonly Route[] => [...routes.values()],
    size: () => routes.size,
  }
}
export type Routes = ReturnType<typeof createRoutes>
