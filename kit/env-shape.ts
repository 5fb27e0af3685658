import { isIP } from 'node:net'
import { z } from 'zod'

/** A network of addresses, as `net.BlockList.addSubnet` takes it. */
export interface Cidr {
  readonly address: string
  readonly prefixBits: number
  readonly family: 'ipv4' | 'ipv6'
}

/** A shape of values and its name in messages: "PORT must be <expects>". Values never appear there: some are secrets. */
export interface Shape<T> {
  readonly schema: z.ZodType<T, string>
  readonly expects: string
}

export const shape = <T>(expects: string, schema: z.ZodType<T, string>): Shape<T> => ({ schema, expects })

export const integer = (least: number, most: number): Shape<number> =>
  shape(
    `an integer ${least}..${most}`,
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .pipe(z.number().min(least).max(most)),
  )

export const text = (expects: string, pattern: RegExp): Shape<string> => shape(expects, z.string().regex(pattern))

export const oneOf = <const T extends readonly string[]>(items: T): Shape<T[number]> =>
  shape(`one of ${items.join(', ')}`, z.enum(items))

export const flag: Shape<boolean> = shape(
  'true or false',
  z.enum(['true', 'false']).transform((raw) => raw === 'true'),
)

/** Empty items are dropped, so that a trailing comma is no error. */
export const list = <T>(item: Shape<T>): Shape<readonly T[]> =>
  shape(
    `a comma-separated list, each ${item.expects}`,
    z
      .string()
      .transform((raw) =>
        raw
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      )
      .pipe(z.array(item.schema)),
  )

export const url = (expects: string, ...protocols: readonly string[]): Shape<string> =>
  shape(
    expects,
    z.string().refine((raw) => URL.canParse(raw) && protocols.includes(new URL(raw).protocol)),
  )

export const path = text('a path', /^[^\0]{1,4096}$/)
export const seconds = (least: number, most: number): Shape<number> => {
  const whole = integer(least, most)
  return shape(
    whole.expects,
    whole.schema.transform((value) => value * 1_000),
  )
}

export const origin = shape(
  'an origin such as https://play.example.com',
  z.string().refine((raw) => URL.canParse(raw) && new URL(raw).origin === raw),
)

export const cidr: Shape<Cidr> = shape(
  'an address or network such as 10.0.0.0/8',
  z.string().transform((raw, context): Cidr => {
    const [address = '', prefix, ...rest] = raw.split('/')
    const version = isIP(address)
    const addressBits = version === 6 ? 128 : 32
    const prefixBits = prefix === undefined ? addressBits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
    if (version === 0 || rest.length > 0 || !(prefixBits <= addressBits)) {
      context.addIssue('not a network')
      return z.NEVER
    }
    return { address, prefixBits, family: version === 6 ? 'ipv6' : 'ipv4' }
  }),
)
