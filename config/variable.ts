import type { Shape } from '../kit/env-shape.ts'

/** Environment variables as strings; an empty one counts as unset, as container tools often pass it. */
export type Env = Readonly<Record<string, string | undefined>>

/** `null`: none; a function: taken from other variables, or from which ones the process reads; `defaultText` says how. */
export type Fallback = string | null | ((env: Env, reads: readonly string[]) => string | null)

export interface Variable<K extends string, T, F extends Fallback> extends Shape<T> {
  /** Name in the typed result. */
  readonly key: K
  readonly fallback: F
  readonly defaultText: string
  readonly unit: string
  readonly meaning: string
}

export function variable<K extends string, T, F extends Fallback>(
  key: K,
  valueShape: Shape<T>,
  fallback: F,
  meaning: string,
  words: { readonly defaultText?: string; readonly unit?: string } = {},
): Variable<K, T, F> {
  const defaultText =
    words.defaultText ?? (typeof fallback === 'string' && fallback !== '' ? `\`${fallback}\`` : 'none')
  return { key, ...valueShape, fallback, meaning, defaultText, unit: words.unit ?? '' }
}
