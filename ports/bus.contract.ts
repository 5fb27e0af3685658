import { afterEach, describe, expect, test } from 'vitest'
import { BUS_QUEUE_BYTES_MAX, type Bus, type NodeName } from './bus.ts'

export interface Inbox {
  readonly messages: readonly string[]
  /** Resolves when so many messages have come. */
  holds(count: number): Promise<readonly string[]>
}

/** Subscribes `bus` as `node` and keeps what comes. */
export async function inboxOf(bus: Bus, node: NodeName): Promise<Inbox> {
  const messages: string[] = []
  let heard = () => {}
  await bus.subscribe(node, (message) => {
    messages.push(message)
    heard()
  })
  return {
    messages,
    holds: (count) =>
      new Promise((resolve) => {
        heard = () => {
          if (messages.length >= count) resolve([...messages])
        }
        heard()
      }),
  }
}

/** What every Bus promises. `newBus()` gives buses of one and the same world. */
export function busContract(name: string, newBus: () => Promise<Bus>): void {
  const opened: Bus[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()))
  })
  const bus = async () => {
    const fresh = await newBus()
    opened.push(fresh)
    return fresh
  }
  const pair = async () => {
    const [sender, receiver] = [await bus(), await bus()]
    return { sender, inbox: await inboxOf(receiver, 'b.1') }
  }

  describe(`${name} as Bus`, () => {
    test('[bus] what one turn sends to one node comes in order, unaltered', async () => {
      const { sender, inbox } = await pair()
      const messages = ['one', '', 'two\nlines', '3,4', 'Zoë ✗ 🦦', 'x'.repeat(100_000), '{"json":[1,2]}']
      for (const message of messages) sender.send('b.1', message)
      expect(await inbox.holds(messages.length)).toEqual(messages)
    })

    test('[bus] turn after turn comes in order, too', async () => {
      const { sender, inbox } = await pair()
      const messages = Array.from({ length: 50 }, (_, i) => `turn ${i}`)
      for (const message of messages) {
        sender.send('b.1', message)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(await inbox.holds(50)).toEqual(messages)
    })

    test('[bus] each node hears its own messages from everyone, also from itself', async () => {
      const [a, b] = [await bus(), await bus()]
      const [atA, atB] = [await inboxOf(a, 'a.1'), await inboxOf(b, 'b.1')]
      a.send('b.1', 'a to b')
      b.send('b.1', 'b to b')
      b.send('a.1', 'b to a')
      expect([...(await atB.holds(2))].sort()).toEqual(['a to b', 'b to b'])
      expect(await atA.holds(1)).toEqual(['b to a'])
      expect([atA.messages.length, atB.messages.length]).toEqual([1, 2])
    })

    test('[bus] nobody hears a message to another boot, and it harms nothing', async () => {
      const { sender, inbox } = await pair()
      sender.send('b.0', 'to the boot before')
      sender.send('b.1', 'to this one')
      expect(await inbox.holds(1)).toEqual(['to this one'])
      expect(sender.dropped()).toBe(0)
    })

    test('[bounded] over BUS_QUEUE_BYTES_MAX for one node the newest are dropped and counted, for it alone', async () => {
      const { sender, inbox } = await pair()
      const other = await inboxOf(await bus(), 'c.1')
      const third = 'x'.repeat(BUS_QUEUE_BYTES_MAX / 4 + 1)
      for (let i = 0; i < 5; i++) sender.send('b.1', `${i}${third}`)
      sender.send('b.1', 'a short one still fits')
      sender.send('c.1', 'elsewhere')
      expect(sender.dropped()).toBe(2)
      const firsts = (await inbox.holds(4)).map((message) => message.slice(0, 7))
      expect(firsts).toEqual(['0xxxxxx', '1xxxxxx', '2xxxxxx', 'a short'])
      expect(await other.holds(1)).toEqual(['elsewhere'])
    })

    test('[bounded] room comes back once a queue has left; a message over the limit never has any', async () => {
      const { sender, inbox } = await pair()
      const full = 'x'.repeat(BUS_QUEUE_BYTES_MAX)
      sender.send('b.1', `${full}x`)
      expect(sender.dropped()).toBe(1)
      for (let i = 1; i <= 3; i++) {
        await expect
          .poll(() => {
            const before = sender.dropped()
            sender.send('b.1', full)
            return sender.dropped() - before
          })
          .toBe(0)
        await inbox.holds(i)
      }
    })

    test('[bus] a closed bus hears nothing more and takes sends in silence', async () => {
      const [sender, receiver] = [await bus(), await bus()]
      const inbox = await inboxOf(receiver, 'b.1')
      sender.send('b.1', 'before')
      await inbox.holds(1)
      await receiver.close()
      await receiver.close()
      const next = await inboxOf(await bus(), 'b.1')
      receiver.send('b.1', 'from the closed one')
      sender.send('b.1', 'to who comes next')
      await expect.poll(() => next.messages).toContain('to who comes next')
      expect(inbox.messages).toEqual(['before'])
    })

    test('[bus] what was sent before close still leaves', async () => {
      const { sender, inbox } = await pair()
      sender.send('b.1', 'goodbye')
      await sender.close()
      expect(await inbox.holds(1)).toEqual(['goodbye'])
    })
  })
}
