import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Troubles } from './troubles.ts'

/* [T1] a store is down while somebody says so   [T2] what is not said again is forgotten */

const LONG_MS = 600_000

export interface TroublesBench {
  readonly troubles: Troubles
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

export function troublesContract(name: string, open: () => Promise<TroublesBench>): void {
  let bench: TroublesBench
  beforeAll(async () => {
    bench = await open()
  })
  afterAll(() => bench.close())

  test(`${name}: [T1] a store is down while anybody says so`, async () => {
    const { troubles } = bench
    expect(await troubles.raised()).toEqual([])
    await troubles.raise('a', 'statistics', LONG_MS)
    await troubles.raise('b', 'statistics', LONG_MS)
    await troubles.raise('b', 'games', LONG_MS)
    expect(await troubles.raised()).toEqual(['games', 'statistics'])
    await troubles.clear('b', 'statistics')
    await troubles.clear('b', 'games')
    expect(await troubles.raised()).toEqual(['statistics'])
    await troubles.clear('a', 'statistics')
    await troubles.clear('a', 'statistics')
    expect(await troubles.raised()).toEqual([])
  })

  test(`${name}: [T2] what is not said again is forgotten, what is said again is not`, async () => {
    const { troubles, pass } = bench
    await troubles.raise('a', 'statistics', 40)
    await troubles.raise('a', 'games', 40)
    await troubles.raise('a', 'games', LONG_MS)
    await pass(60)
    expect(await troubles.raised()).toEqual(['games'])
    await troubles.clear('a', 'games')
  })
}
