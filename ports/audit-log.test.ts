import { expect, test } from 'vitest'
import type { AuditEntry } from './audit.ts'
import { auditLog, networkOf } from './audit-log.ts'

const linesOf = (level: Parameters<typeof auditLog>[0], entry: AuditEntry): string[] => {
  const lines: string[] = []
  auditLog(level, { process: 'test' }, { write: (line) => void lines.push(line) })('signed_in', entry)
  return lines
}
const entry: AuditEntry = { outcome: 'done', requestId: 'r-1', userId: 'ana', how: 'guest', address: '203.0.113.77' }

test('[AUDIT] an event is a line of its own stream, whatever level other lines are cut at', () => {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    const [line, ...more] = linesOf(level, entry)
    expect(more).toEqual([])
    expect(JSON.parse(line!)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      stream: 'audit',
      process: 'test',
      event: 'signed_in',
      outcome: 'done',
      requestId: 'r-1',
      userId: 'ana',
      how: 'guest',
      network: '203.0.113.0/24',
    })
  }
  expect(linesOf('silent', entry)).toEqual([])
})

test('[SECRETS] what an entry holds besides its fields is not written', () => {
  const careless = { ...entry, accessToken: 'secret', email: 'ana@oxo.test' }
  expect(linesOf('info', careless)[0]).not.toMatch(/secret|ana@|203\.0\.113\.77/)
})

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:aa:bb::1', '2001:db8:aa::/48'],
  ['::1', '0:0:0::/48'],
  ['', null],
  ['elsewhere', null],
])('[AUDIT] %s is written as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
