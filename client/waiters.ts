import type { OxoError } from './errors.ts'

/** Somebody who waits for a value that fulfils `condition`. */
export interface Waiter<Value> {
  readonly condition: (value: Value) => boolean
  readonly resolve: (value: Value) => void
  readonly reject: (error: OxoError) => void
}

/** Waiters by key. */
export interface WaiterList<Key, Value> {
  has(key: Key): boolean
  add(key: Key, waiter: Waiter<Value>): void
  /** Ends those whose condition `value` fulfils, or whose condition throws. */
  offer(key: Key, value: Value): void
  fail(key: Key, error: OxoError): void
  failAll(error: OxoError): void
}

export function waiterList<Key, Value>(): WaiterList<Key, Value> {
  const lists = new Map<Key, Waiter<Value>[]>()

  function fail(key: Key, error: OxoError): void {
    const list = lists.get(key) ?? []
    lists.delete(key)
    for (const waiter of list) waiter.reject(error)
  }

  return {
    has: (key) => lists.has(key),
    add: (key, waiter) => void lists.set(key, [...(lists.get(key) ?? []), waiter]),
    offer(key, value) {
      const left = (lists.get(key) ?? []).filter((waiter) => !served(waiter, value))
      if (left.length > 0) lists.set(key, left)
      else lists.delete(key)
    },
    fail,
    failAll(error) {
      for (const key of [...lists.keys()]) fail(key, error)
    },
  }
}

function served<Value>(waiter: Waiter<Value>, value: Value): boolean {
  try {
    const fulfilled = waiter.condition(value)
    if (fulfilled) waiter.resolve(value)
    return fulfilled
  } catch (error) {
    waiter.reject(error as OxoError)
    return true
  }
}
