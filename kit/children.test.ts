import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

/** Starts a child that holds standard output open, says when both run, and would run for longer than a test may. */
const PARENT = `
import { spawn } from 'node:child_process'
import { endingWithUs, exitOnSignals } from ${JSON.stringify(new URL('./children.ts', import.meta.url).href)}
exitOnSignals()
const long = 'console.log("child runs"); setTimeout(() => {}, 60_000)'
endingWithUs(spawn(process.execPath, ['-e', long], { stdio: ['ignore', 'inherit', 'ignore'] }))
`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('[children] %s ends a process and what it started', async (signal, code) => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  parent.kill(signal)
  // Closed when nobody holds the output any more: neither of the two.
  expect(await once(parent, 'close')).toEqual([code, null])
})
