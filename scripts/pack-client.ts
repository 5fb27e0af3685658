import { execFileSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert } from '../kit/assert.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
/** What every browser and Node of the last years runs, and all that the client needs. */
const TARGET = ['--target', 'es2022', '--lib', 'es2023,dom', '--types', 'node']
const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--verbatimModuleSyntax']
const EMIT = ['--module', 'nodenext', '--rewriteRelativeImportExtensions', '--declaration', '--skipLibCheck']
const MODULE_IN_TEXT = /(from\s+|import\(|import\s+)(['"])([^'"]+)\2/g

export interface PackedClient {
  readonly version: string
  /** The package as a folder. */
  readonly folder: string
  /** The same as npm installs it. */
  readonly tarball: string
}

/** Builds the npm package `oxo-client` in `outDir`: plain .js and .d.ts of `client/` and of what it imports. */
export function packClient(outDir: string): PackedClient {
  const { version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>
  assert(version !== undefined && license !== undefined, 'package.json has a version and a license')
  const folder = join(outDir, 'client')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const lib = join(folder, 'lib')
  const entry = join(ROOT, 'client', 'index.ts')
  execFileSync(process.execPath, [TSC, entry, '--rootDir', ROOT, '--outDir', lib, ...EMIT, ...STRICT, ...TARGET], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  for (const path of globSync('**/*.{js,d.ts}', { cwd: lib })) finish(join(lib, path))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(version, license), null, 2)}\n`)
  copyFileSync(join(ROOT, 'client', 'README.md'), join(folder, 'README.md'))
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  execFileSync('npm', ['pack', '--silent', '--pack-destination', outDir], { cwd: folder, stdio: 'pipe' })
  return { version, folder, tarball: join(outDir, `oxo-client-${version}.tgz`) }
}

/** The compiler leaves `.ts` in the imports of declarations, where no user has such files. Packages may not be imported at all. */
function finish(path: string): void {
  const text = readFileSync(path, 'utf8')
  const finished = text.replace(MODULE_IN_TEXT, (_, before: string, quote: string, target: string) => {
    assert(target.startsWith('.'), `${path} imports ${target}: the client has no dependencies`)
    return `${before}${quote}${target.replace(/\.ts$/, '.js')}${quote}`
  })
  if (finished !== text) writeFileSync(path, finished)
}

const manifest = (version: string, license: string) => ({
  name: 'oxo-client',
  version,
  description: 'Plays Oxo from browsers and Node: reconnects, repeats and resyncs by itself',
  license,
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20' },
  exports: { '.': { types: './lib/client/index.d.ts', default: './lib/client/index.js' } },
  types: './lib/client/index.d.ts',
  files: ['lib'],
})

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { tarball } = packClient(process.argv[2] ?? join(ROOT, 'dist'))
  console.log(tarball)
}
