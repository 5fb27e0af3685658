import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from './embedded-pool.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-postgres-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the embedded PostgreSQL holds up nobody, reports errors by their codes, and has its folder to itself', async () => {
  let longestMs = 0
  let lastMs = performance.now()
  const watch = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 5)
  const { pool, close } = await openEmbedded(join(folder, 'db'))
  await pool.query('create table kept (a int primary key, b text)')
  await pool.query('insert into kept values ($1, $2)', [1, 'x'.repeat(300_000)])
  await expect(pool.query('insert into kept values (1)')).rejects.toMatchObject({
    code: '23505',
    constraint: 'kept_pkey',
  })
  clearInterval(watch)
  // It takes a second to begin, in its own thread: here nothing waits for as long as a lease's margin.
  expect(longestMs).toBeLessThan(500)
  expect((await pool.query('select a, length(b) as b from kept')).rows).toEqual([{ a: 1, b: 300_000 }])
  await expect(openEmbedded(join(folder, 'db'))).rejects.toThrow()
  await pool.end()
  await close()
}, 30_000)
