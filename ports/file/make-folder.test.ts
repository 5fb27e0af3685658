import { statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'
import { testFiles } from './test-files.ts'

const { newPath } = testFiles()

test('[files] a folder is made with those above it, and may be there, also when several make it at once', async () => {
  const folder = join(newPath(), 'a', 'b', 'c')
  await Promise.all([folder, join(folder, 'd'), folder, dirname(folder)].map(makeFolder))
  await makeFolder(folder)
  await makeFolder(`${folder}/`)
  expect(statSync(join(folder, 'd')).isDirectory()).toBe(true)
})

test('[files] what stands in the way is said, as the file system says it', async () => {
  const file = newPath()
  await makeFolder(dirname(file))
  writeFileSync(file, '')
  await expect(makeFolder(file)).rejects.toThrow(`EEXIST: file already exists, mkdir '${file}'`)
  await expect(makeFolder(join(file, 'below'))).rejects.toThrow(`ENOTDIR: not a directory, mkdir '${file}/below'`)
})

test.runIf(process.platform === 'linux')('[files] a file system that takes no folders ends the attempt', async () => {
  await expect(makeFolder('/proc/oxo')).rejects.toThrow("ENOENT: no such file or directory, mkdir '/proc/oxo'")
  await expect(makeFolder('/proc/oxo/below')).rejects.toThrow("ENOENT: no such file or directory, mkdir '/proc/oxo'")
})
