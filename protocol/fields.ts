import type { Value } from './msgpack-read.ts'
import type { FrameWriter } from './msgpack-write.ts'
import { utf8Length } from './utf8.ts'

/** What `read` answers for a value that the field cannot have. */
export const WRONG: unique symbol = Symbol('wrong')
export type Wrong = typeof WRONG

/** One field on the wire. */
export interface Field<T> {
  /** Its wire form in words; the hash over all of them guards the version. */
  readonly shape: string
  /** Absent and nil mean the same; nothing may follow an absent one. */
  readonly optional?: true
  read(value: Value | undefined): T | Wrong
  write(to: FrameWriter, value: T): void
}

/** An integer; a float with an integral value is that integer. */
export function integer<T extends number = number>(min: number, max: number): Field<T> {
  return {
    shape: `int ${min}..${max}`,
    read: (value) =>
      // + 0 turns a float's -0 into 0.
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? ((value + 0) as T) : WRONG,
    write: (to, value) => to.number(value),
  }
}

export const uint32 = integer(0, 0xffff_ffff)
/** An instant (ms since the Unix epoch) or another number that every language holds exactly. */
export const safeInteger = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
/** A duration in ms or a count. */
export const naturalNumber = integer(0, Number.MAX_SAFE_INTEGER)

export const finite: Field<number> = {
  shape: 'number',
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : WRONG),
  write: (to, value) => to.number(value),
}

export const bool: Field<boolean> = {
  shape: 'bool',
  read: (value) => (typeof value === 'boolean' ? value : WRONG),
  write: (to, value) => to.bool(value),
}

/** A string of `min`..`max` bytes of UTF-8; the frame's limit bounds one without `max`. */
export function text<T extends string = string>(min = 0, max = Number.POSITIVE_INFINITY): Field<T> {
  const fits = (value: string) => value.length >= min && (max === Number.POSITIVE_INFINITY || utf8Length(value) <= max)
  return {
    shape: max === Number.POSITIVE_INFINITY ? 'str' : `str ${min}..${max}`,
    read: (value) => (typeof value === 'string' && fits(value) ? (value as T) : WRONG),
    write: (to, value) => to.text(value),
  }
}

/** One of some words. */
export function word<T extends string>(...words: readonly T[]): Field<T> {
  const known: ReadonlySet<unknown> = new Set(words)
  return {
    shape: words.join('|'),
    read: (value) => (known.has(value) ? (value as T) : WRONG),
    write: (to, value) => to.text(value),
  }
}

export function nullable<T>(field: Field<T>): Field<T | null> {
  return {
    shape: `${field.shape} or nil`,
    read: (value) => (value === null ? null : field.read(value)),
    write: (to, value) => (value === null ? to.nil() : field.write(to, value)),
  }
}

export const optional = <T>(field: Field<T>): Field<T> => ({
  shape: `${field.shape}, optional`,
  optional: true,
  read: field.read,
  write: field.write,
})

export function list<T>(item: Field<T>): Field<readonly T[]> {
  return {
    shape: `[${item.shape}...]`,
    read: (value) => (Array.isArray(value) ? readAll(value, () => item) : WRONG),
    write(to, values) {
      to.array(values.length)
      for (const value of values) item.write(to, value)
    },
  }
}

/** An array of exactly these items. */
export function tuple<T extends readonly unknown[]>(...items: { readonly [I in keyof T]: Field<T[I]> }): Field<T> {
  const fields: readonly Field<unknown>[] = items
  return {
    shape: `[${fields.map((item) => item.shape).join(', ')}]`,
    read: (value) =>
      Array.isArray(value) && value.length === fields.length
        ? (readAll(value, (i) => fields[i]!) as unknown as T | Wrong)
        : WRONG,
    write(to, values) {
      to.array(fields.length)
      for (let i = 0; i < fields.length; i++) fields[i]!.write(to, values[i])
    },
  }
}

function readAll<T>(values: readonly Value[], fieldOf: (index: number) => Field<T>): T[] | Wrong {
  const read: T[] = []
  for (const [i, value] of values.entries()) {
    const item = fieldOf(i).read(value)
    if (item === WRONG) return WRONG
    read.push(item)
  }
  return read
}

/** The fields of an object type, in the order in which they are written. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> }

/** A map with these keys, written in this order; others are ignored. */
export function record<T extends object>(fields: Fields<T>): Field<T> {
  const entries = Object.entries(fields) as [string, Field<unknown>][]
  return {
    shape: `{${entries.map(([name, field]) => `${name}: ${field.shape}`).join(', ')}}`,
    read(value) {
      if (!(value instanceof Map)) return WRONG
      const read: Record<string, unknown> = {}
      for (const [name, field] of entries) {
        const raw: Value | undefined = value.get(name)
        if (raw === undefined && field.optional) continue
        const item = field.read(raw)
        if (item === WRONG) return WRONG
        read[name] = item
      }
      return read as T
    },
    write(to, values) {
      const present = entries.filter(([name]) => (values as Record<string, unknown>)[name] !== undefined)
      to.map(present.length)
      for (const [name, field] of present) {
        to.text(name)
        field.write(to, (values as Record<string, unknown>)[name])
      }
    },
  }
}

/** A map of numbers and strings under any keys; values of other types are left out. */
export const facts: Field<{ readonly [key: string]: number | string }> = {
  shape: '{any key: number or str}',
  read(value) {
    if (!(value instanceof Map)) return WRONG
    const read: Record<string, number | string> = {}
    for (const [key, fact] of value as ReadonlyMap<string, Value>) {
      if (typeof fact === 'number' || typeof fact === 'string') read[key] = fact
    }
    return read
  },
  write(to, values) {
    const entries = Object.entries(values)
    to.map(entries.length)
    for (const [key, fact] of entries) {
      to.text(key)
      if (typeof fact === 'number') to.number(fact)
      else to.text(fact)
    }
  },
}
