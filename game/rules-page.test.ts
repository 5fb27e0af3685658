import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PHRASES } from './phrases.ts'

const here = new URL('./', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, here), 'utf8')
const page = read('RULES.md')
const idsOnPage = [...page.matchAll(/^- \*\*\[(R\d+)\]\*\*/gm)].map(([, id]) => id!)
const titles = readdirSync(here)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...read(name).matchAll(/^test\('(.*)',/gm)].map(([, title]) => title!))

test('[R1] the rules are numbered without a gap, and each has a test named after it', () => {
  expect(idsOnPage).toEqual(idsOnPage.map((_, n) => `R${n + 1}`))
  expect(idsOnPage.length).toBeGreaterThan(0)
  expect(idsOnPage.filter((id) => !titles.some((title) => title.includes(`[${id}]`)))).toEqual([])
})

test('[R1] every test is named after a rule that exists', () => {
  const idsOf = (title: string) => [...title.matchAll(/\[(R\d+)\]/g)].map(([, id]) => id!)
  const unruly = titles.filter((title) => !title.startsWith('[') || !idsOf(title).every((id) => idsOnPage.includes(id)))
  expect(unruly).toEqual([])
})

test('[R19] the page lists the sixteen phrases as they are', () => {
  const listed = [...page.matchAll(/\| (\d+) ([^|]+?) (?=\|)/g)].map(([, number, text]) => [Number(number), text])
  expect(listed).toEqual(PHRASES.map((text, number) => [number, text]))
  expect(new Set(PHRASES).size).toBe(16)
})
