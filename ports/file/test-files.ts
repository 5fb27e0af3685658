import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** For the tests of this file: paths in a folder of their own, and an end for what was opened there. */
export function testFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-files-'))
  const closing: (() => Promise<void>)[] = []
  let files = 0
  afterAll(async () => {
    for (const close of closing) await close()
    rmSync(folder, { recursive: true })
  })
  return {
    newPath: () => join(folder, `${files++}`, 'store.log'),
    /** Ends it when all tests have ended: until then nothing tells it from a process that was killed. */
    closeLater: (close: () => Promise<void>) => void closing.push(close),
  }
}
