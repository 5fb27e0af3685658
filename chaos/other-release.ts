import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The servers of another revision, in a folder of their own with this one's packages. @throws when git knows no such revision */
export function checkOut(revision: string) {
  const folder = join(mkdtempSync(join(tmpdir(), 'oxo-release-')), 'oxo')
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  git('worktree', 'add', '--detach', folder, revision)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return {
    revision: git('rev-parse', '--short', revision).trim(),
    /** Entry of its servers, from the root of the project. */
    entry: relative(ROOT, join(folder, 'server', 'main.ts')),
    remove(): void {
      git('worktree', 'remove', '--force', folder)
      rmSync(join(folder, '..'), { recursive: true, force: true })
    },
  }
}
