import { expect, test } from 'vitest'
import { virtualClock } from '../kit/virtual-clock.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { BREAKER_RULES, CALL_TIMEOUT_MS, storeGuard } from './store-guard.ts'

/** A store that answers as it is told to. */
function newStore() {
  let answer: () => Promise<string> = async () => 'here'
  let asked = 0
  return {
    ask: (question: string) => {
      asked++
      return answer().then((text) => `${question}: ${text}`)
    },
    answers: (next: () => Promise<string>) => {
      answer = next
    },
    asked: () => asked,
  }
}
const down = async (): Promise<string> => {
  throw new StoreUnavailable('no connection')
}

function guarded() {
  const clock = virtualClock()
  const store = newStore()
  const { guard, down: isDown } = storeGuard(clock)
  return { clock, store, ask: guard({ ask: store.ask }).ask, isDown }
}

test('[store] a store that answers is passed on, arguments, answers and errors of its own', async () => {
  const { store, ask, isDown } = guarded()
  expect(await ask('who')).toBe('who: here')
  store.answers(async () => {
    throw new TypeError('our own bug')
  })
  for (let i = 0; i < 10; i++) await expect(ask('who')).rejects.toThrow(TypeError)
  expect(isDown()).toBe(false)
})

test('[store] silence is unavailable within the time of an answer', async () => {
  const { clock, store, ask, isDown } = guarded()
  store.answers(() => new Promise(() => {}))
  const asked = expect(ask('who')).rejects.toThrow(StoreUnavailable)
  await clock.advance(CALL_TIMEOUT_MS)
  await asked
  expect(isDown()).toBe(true)
})

test('[store] what is known to be down is not asked, and is back by itself', async () => {
  const { clock, store, ask, isDown } = guarded()
  store.answers(down)
  for (let i = 0; i < BREAKER_RULES.callsMin + 5; i++) await expect(ask('who')).rejects.toThrow(StoreUnavailable)
  expect(store.asked()).toBe(BREAKER_RULES.callsMin)
  store.answers(async () => 'back')
  await expect(ask('who')).rejects.toThrow(StoreUnavailable)
  await clock.advance(BREAKER_RULES.openMs)
  expect(isDown()).toBe(true)
  for (let i = 0; i < BREAKER_RULES.trials; i++) expect(await ask('who')).toBe('who: back')
  expect(isDown()).toBe(false)
})
