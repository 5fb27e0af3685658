declare const brand: unique symbol

/** A `T` that was checked once, where it entered, and needs no second check. Two brands of one name are one type. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
