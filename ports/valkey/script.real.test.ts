import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { runScript, runScriptAndWait, type Script } from './script.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')
const cluster = testStore('cluster')
/** Its digest is one that no store knows: each call finds the script forgotten, and sends it whole. */
const echo: Script = { source: "redis.call('SET', KEYS[1], ARGV[1]) return ARGV[1]", sha: '0'.repeat(40) }

test('valkey: scripts of one turn leave together, once, and each has its own answer', async () => {
  const valkey = single.valkey() as Redis
  const wait = { replicas: 0, timeoutMs: 100 }
  const answers = [
    runScript(valkey, echo, ['a'], ['1']),
    runScriptAndWait(valkey, echo, ['b'], ['2'], wait),
    runScript(valkey, echo, ['c'], ['3']),
  ]
  expect([valkey.stream.writableCorked, valkey.stream.writableLength > 0]).toEqual([1, true])
  expect(await Promise.all(answers)).toEqual(['1', '2', '3'])
  expect([valkey.stream.writableCorked, valkey.stream.writableLength]).toEqual([0, 0])
  expect(await valkey.mget('a', 'b', 'c')).toEqual(['1', '2', '3'])
})

test('valkey cluster: scripts of one turn find their own nodes', async () => {
  const valkey = cluster.valkey()
  const keys = ['a', 'b', 'c', 'd']
  expect(await Promise.all(keys.map((key) => runScript(valkey, echo, [key], [key])))).toEqual(keys)
})
