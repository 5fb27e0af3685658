import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answerFile, loadStaticFiles, staticFile } from './static-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'oxo-static-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('[REST] a built page is read whole, links out of it are not followed', () => {
  const web = join(folder, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(web, 'index.html'), '<!doctype html>')
  writeFileSync(join(web, 'icon.svg'), '<svg/>')
  writeFileSync(join(web, 'no type'), '?')
  writeFileSync(join(web, 'assets', 'app-1a2b.js'), 'export {}')
  symlinkSync(join(folder, 'secret.txt'), join(web, 'assets', 'link.txt'))

  const files = loadStaticFiles(web, "default-src 'self'")
  expect([...files.keys()].sort()).toEqual(['/', '/assets/app-1a2b.js', '/icon.svg', '/no%20type'])
  expect(files.get('/')).toMatchObject({ contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache' })
  expect(files.get('/icon.svg')).toMatchObject({ contentType: 'image/svg+xml', cacheControl: 'no-cache' })
  expect(files.get('/no%20type')!.contentType).toBe('application/octet-stream')
  const script = files.get('/assets/app-1a2b.js')!
  expect(script.cacheControl).toMatch(/immutable/)
  expect(new TextDecoder().decode(script.body)).toBe('export {}')
  expect(script.policy).toBe("default-src 'self'")
})

test('[REST] a page that was not built has no files', () => {
  expect(loadStaticFiles(join(folder, 'missing'), '').size).toBe(0)
})

test('[REST] who has the file already gets 304 and no body', async () => {
  const file = staticFile('a.css', new TextEncoder().encode('a{}'), 'policy')
  const other = staticFile('a.css', new TextEncoder().encode('b{}'), 'policy')
  expect(file.etag).toMatch(/^"[\w-]{22}"$/)
  expect(other.etag).not.toBe(file.etag)
  for (const known of [file.etag, `W/${file.etag}`, `"x", ${file.etag}`, ' * ']) {
    const answer = answerFile(file, known)
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe(file.etag)
    expect(await answer.text()).toBe('')
  }
  for (const unknown of [undefined, '', other.etag, file.etag.slice(1, -1)]) {
    const answer = answerFile(file, unknown)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('a{}')
  }
})
