import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

const url: string | null = null
const defaults = { players: 1_000, idlePlayers: 5, url }

test('[options] names with dashes and numbers are read, the rest keeps its default', () => {
  expect(readOptions(['--idle-players', '10', '--url', 'http://127.0.0.1:1'], defaults)).toEqual({
    players: 1_000,
    idlePlayers: 10,
    url: 'http://127.0.0.1:1',
  })
  expect(readOptions([], defaults)).toEqual(defaults)
})

test('[options] an unknown name, a missing value and a bad number are refused by name', () => {
  for (const [args, why] of [
    [['--colour', '1'], /--colour.*--idle-players/],
    [['players', '1'], /unknown option players/],
    [['--players'], /--players/],
    [['--players', 'many'], /--players must be a number, not many/],
    [['--players', '-1'], /--players must be a number/],
    [['--players', ''], /--players must be a number/],
  ] as const) {
    expect(() => readOptions(args, defaults)).toThrow(why)
  }
})
