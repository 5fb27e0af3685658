import type { NodeRecord, NodeRegistry, Route } from '../node-registry.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

const lua = (name: string): URL => new URL(`lua/${name}.lua`, import.meta.url)
const scripts = {
  heartbeat: readScript(lua('node-heartbeat'), lua('clock')),
  list: readScript(lua('node-list'), lua('clock')),
  leave: readScript(lua('node-leave')),
  publish: readScript(lua('route-publish'), lua('clock')),
}

/** One hash tag: the rows of all nodes lie in one slot and are read at one moment. */
const keys = { nodes: '{n}:nodes', alive: '{n}:alive', routes: '{n}:routes' } as const
const rows = [keys.nodes, keys.alive]

/**
 * The registry on a Valkey or Redis 7, single or cluster. Time is the store's. Every call may be repeated; one that rejects may have
 * happened. Rows of dead nodes end with the next heartbeat of a living one.
 */
export function valkeyNodeRegistry(valkey: Valkey): NodeRegistry {
  return {
    async heartbeat(record, ttlMs) {
      await runScript(valkey, scripts.heartbeat, rows, [record.node, JSON.stringify(record), ttlMs])
    },
    async nodes() {
      const records = (await runScript(valkey, scripts.list, rows, [])) as string[]
      return records.map(parseNode)
    },
    async leave(node) {
      await runScript(valkey, scripts.leave, rows, [node])
    },
    async publish(routes) {
      if (routes.length === 0) return
      const args = routes.flatMap(({ shard, epoch, node }) => [shard, epoch, node])
      await runScript(valkey, scripts.publish, [keys.routes, keys.alive], args)
    },
    async routes() {
      return Object.entries(await valkey.hgetall(keys.routes)).map(([shard, row]) => parseRoute(Number(shard), row))
    },
    async route(shard) {
      const row = await valkey.hget(keys.routes, String(shard))
      return row === null ? null : parseRoute(shard, row)
    },
    async withdraw(shard) {
      await valkey.hdel(keys.routes, String(shard))
    },
  }
}

/** Fields of a later version are left out. */
function parseNode(row: string): NodeRecord {
  const { node, region, players, rooms, draining } = JSON.parse(row) as NodeRecord
  return { node, region, players, rooms, draining }
}

function parseRoute(shard: number, row: string): Route {
  const space = row.indexOf(' ')
  return { shard, epoch: Number(row.slice(0, space)), node: row.slice(space + 1) }
}
