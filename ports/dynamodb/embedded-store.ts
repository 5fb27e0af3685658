import stores, { type Done, type Level, type Store, type Write } from 'dynalite/db/index.js'
import { batched } from '../valkey/batched.ts'

/** Of one call of the store, at most. */
const KEYS_MAX = 500

/**
 * dynalite asks its store for every item by itself, and each time for the table too: most of the work of a batch. From now on the stores of
 * this thread make one call of those of one turn of the event loop, and remember tables until one is changed.
 */
export function gatherStoreCalls(): void {
  const { create } = stores
  stores.create = (options) => {
    const store = create(options)
    gather(store.db)
    rememberTables(store)
    return store
  }
}

/** What is under way together is safe or not together; nothing that was answered depends on it. */
function gather(level: Level): void {
  const batch = level.batch.bind(level)
  const write = batched<Write, void>(KEYS_MAX, together, async (writes) => {
    await batch(writes)
    return writes.map(() => undefined)
  })
  const read = batched<string, unknown>(KEYS_MAX, together, level.getMany.bind(level))
  level.get = (key, done) => answer(read(key), done)
  level.put = (key, value, done) => answer(write({ type: 'put', key, value }), done)
  level.del = (key, done) => answer(write({ type: 'del', key }), done)
}

const together = () => ''

/** What `done` throws ends the thread, as dynalite means it. */
function answer<T>(call: Promise<T>, done: Done<T>): void {
  call.then(
    (value) => queueMicrotask(() => done(null, value)),
    (error) => queueMicrotask(() => done(error)),
  )
}

function rememberTables(store: Store): void {
  const { tableDb } = store
  const getTable = store.getTable.bind(store)
  const known = new Map<string, object>()
  let changes = 0
  const forget = () => {
    changes += 1
    known.clear()
  }
  /** Before the change, and after it, for who read while it was under way. */
  const forgetting =
    (done: Done<void>): Done<void> =>
    (error) => {
      forget()
      done(error)
    }
  const [put, del] = [tableDb.put.bind(tableDb), tableDb.del.bind(tableDb)]
  Object.assign(tableDb, {
    put(name: string, table: unknown, done: Done<void>) {
      forget()
      put(name, table, forgetting(done))
    },
    del(name: string, done: Done<void>) {
      forget()
      del(name, forgetting(done))
    },
  })
  store.getTable = (name, checkStatus, last) => {
    if (typeof checkStatus !== 'function') return getTable(name, checkStatus, last)
    const table = known.get(name)
    if (table !== undefined) return queueMicrotask(() => checkStatus(null, table))
    const before = changes
    getTable(name, (error, found) => {
      if (!error && changes === before) known.set(name, found!)
      checkStatus(error, found)
    })
  }
}
