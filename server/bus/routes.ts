import type { Route } from '../../ports/node-registry.ts'

/** Routes kept; the least recently learned goes first. A lost one is asked for again. */
const ROUTES_MAX = 100_000

/** Which server holds a shard, as far as this one has heard. A route changes only to a higher epoch. */
export function createRoutes(changed: (route: Route, before: Route | null) => void) {
  const routes = new Map<number, Route>()

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

  return {
    learn,
    get: (shard: number): Route | null => routes.get(shard) ?? null,
    /** Its shard is gone, or its server does not know it. */
    forget: (shard: number): void => void routes.delete(shard),
    all: (): readonly Route[] => [...routes.values()],
    size: () => routes.size,
  }
}
export type Routes = ReturnType<typeof createRoutes>
