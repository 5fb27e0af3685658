/** What happened, in order, as a hash: two runs of a seed are the same run exactly if it is equal. */
export interface Trace {
  /** A number that stands for a process in the hash. */
  label(name: string): number
  /** Some process did something. */
  step(label: number, atMs: number): void
  /** A frame left a server. */
  bytes(frame: Uint8Array): void
  /** A line for whoever reads the trace of one seed; free when nobody does. */
  note(text: () => string): void
  steps(): number
  hash(): string
}

export function createTrace(atMs: () => number, print: ((line: string) => void) | null): Trace {
  let hash = 0x811c9dc5
  let steps = 0
  let labels = 0
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193)
    hash ^= hash >>> 15
  }
  return {
    label(name) {
      for (let i = 0; i < name.length; i++) mix(name.charCodeAt(i))
      return ++labels
    },
    step(label, atMs) {
      steps += 1
      mix(label)
      mix(atMs * 1_000)
    },
    bytes(frame) {
      for (let i = 0; i < frame.length; i++) hash = Math.imul(hash ^ frame[i]!, 0x01000193)
    },
    note(text) {
      print?.(`${(atMs() / 1_000).toFixed(3).padStart(8)} ${text()}`)
    },
    steps: () => steps,
    hash: () => (hash >>> 0).toString(16).padStart(8, '0'),
  }
}
