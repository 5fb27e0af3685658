/** Ends a subscription; harmless when repeated. */
export type Unsubscribe = () => void

export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): Unsubscribe
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void
}

/** Calls listeners in the order they came. One that throws stops neither the others nor the caller: its error goes to the host. */
export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  return {
    on(name, listener) {
      const own: (event: never) => void = (event) => listener(event)
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(own))
      return () => {
        set.delete(own)
      }
    },
    emit(name, event) {
      for (const listener of [...(listeners.get(name) ?? [])]) guarded(() => listener(event as never))
    },
  }
}

/** Runs a stranger's callback; what it throws surfaces as an uncaught error of its own, outside our call stack. */
export function guarded(run: () => void): void {
  try {
    run()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
