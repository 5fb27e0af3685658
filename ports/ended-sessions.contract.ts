import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import type { Ended, EndedSessions } from './ended-sessions.ts'

const one: Ended = { userId: 'ana' as UserId, sessionId: 's1' }
const other: Ended = { userId: 'bo' as UserId, sessionId: 's2' }
const whole: Ended = { userId: 'cy' as UserId, sessionId: null }

/** What every EndedSessions promises. */
export function endedSessionsContract(name: string, newStore: () => Promise<EndedSessions>): void {
  describe(`${name} as EndedSessions`, () => {
    test('[session] a first read tells all that is remembered, each once however often it was added', async () => {
      const store = await newStore()
      expect((await store.read(null)).ended).toEqual([])
      await store.add([])
      await store.add([one, whole])
      await store.add([other, one])
      const { ended } = await store.read(null)
      expect(ended).toHaveLength(3)
      expect(ended).toEqual(expect.arrayContaining([one, other, whole]))
    })

    test('[session] whoever goes on from the last mark misses nothing', async () => {
      const store = await newStore()
      const seen: Ended[] = []
      let mark: number | null = null
      for (const added of [[one], [], [whole, other]]) {
        await store.add(added)
        const read = await store.read(mark)
        seen.push(...read.ended)
        mark = read.mark
      }
      expect(seen).toEqual(expect.arrayContaining([one, other, whole]))
    })

    test('[session] a mark from a clock ahead of the store’s tells everything', async () => {
      const store = await newStore()
      await store.add([one])
      const { mark } = await store.read(null)
      expect((await store.read(mark + 3_600_000)).ended).toEqual([one])
    })
  })
}
