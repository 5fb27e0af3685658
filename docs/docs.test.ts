import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MAY_IMPORT } from '../scripts/layout.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES = ['*.md', 'docs/**/*.md', 'client/*.md', 'protocol/*.md', 'game/*.md']
const pages = new Map(globSync(PAGES, { cwd: ROOT }).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
const page = (path: string): string => pages.get(path) ?? expect.fail(`no page ${path}`)

/** Every case of `pattern`'s first group, as `page: case`. */
function* cases(pattern: RegExp): Iterable<readonly [path: string, found: string]> {
  for (const [path, text] of pages) for (const [, found] of text.matchAll(pattern)) yield [path, found!]
}

test('[docs] every npm script that a page names exists, and the README names those that people call', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = [...cases(/npm run (?:--silent )?([a-z:]+)/g)]
  expect(named.filter(([, name]) => !(name in scripts))).toEqual([])
  expect(named.length).toBeGreaterThan(30)
  // Steps of other scripts.
  const inner = ['start', 'test', 'prestart', 'pretest', 'build:web', 'setup:debian']
  const called = Object.keys(scripts).filter((name) => !inner.includes(name))
  expect(called.filter((name) => !page('README.md').includes(`npm run ${name}`))).toEqual([])
})

test('[docs] every relative link leads to a file, and to a heading of it', () => {
  const links = [...cases(/\]\(([^)\s]+)\)/g)].filter(([, link]) => !/^https?:/.test(link))
  const broken = links.filter(([path, link]) => {
    const [file, heading] = link.split('#') as [string, string?]
    const target = file === '' ? path : join(dirname(path), file)
    if (!existsSync(join(ROOT, target))) return true
    return heading !== undefined && !headings(page(target)).includes(heading)
  })
  expect(broken).toEqual([])
  expect(links.length).toBeGreaterThan(60)
})

test('[docs] every file of the project that a page names exists', () => {
  const named = [...cases(/`([\w.-]+\/[\w./-]+\.(?:ts|tsx|md|lua|json|css))`/g)]
  expect(
    named.filter(([path, file]) => ![ROOT, join(ROOT, dirname(path))].some((from) => existsSync(join(from, file)))),
  ).toEqual([])
  expect(named.length).toBeGreaterThan(3)
})

test('[docs] the layout table is the one that is checked', () => {
  const [, section] = page('docs/ARCHITECTURE.md').split('## Layout')
  const rows = [...section!.split('\n## ')[0]!.matchAll(/^\| `([\w.]+)` \| .* \| (.*) \|$/gm)]
  const told = rows.map(([, folder, imports]) => [folder, [...imports!.matchAll(/`([^`]+)`/g)].map(([, name]) => name)])
  expect(told).toEqual(told.map(([folder]) => [folder, MAY_IMPORT[folder as string]]))
  expect(told.length).toBe(13)
})

test('[docs] the picture is a small PNG of the page, 1280 by 800', () => {
  const png = readFileSync(join(ROOT, 'docs/page.png'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 800])
  expect(png.length).toBeLessThan(150_000)
  expect(page('README.md')).toContain('](docs/page.png)')
})

/** Names of a page's headings, as links write them. */
const headings = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
