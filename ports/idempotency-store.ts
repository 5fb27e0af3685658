/** What is known of a request that named itself. */
export type Begun =
  /** Nobody had this key: the caller runs the request, and then must `finish` or `abandon` it. */
  | { readonly type: 'fresh' }
  /** It runs, or whoever ran it is gone; then it is fresh again after RUNNING_MS. */
  | { readonly type: 'running' }
  /** It ran; `answer` is what was kept. */
  | { readonly type: 'done'; readonly answer: string }

/** How long a request may run before its key is free again, ms. */
export const RUNNING_MS = 30_000
/** Longest answer that is kept, in characters; a longer one frees its key. */
export const ANSWER_LENGTH_MAX = 64 * 1024

/** Answers of requests by the key that their callers gave them. Each call is atomic. */
export interface IdempotencyStore {
  /** @param run names this try: only it may finish or abandon what it began */
  begin(key: string, run: string): Promise<Begun>
  finish(key: string, run: string, answer: string, keptMs: number): Promise<void>
  abandon(key: string, run: string): Promise<void>
}
