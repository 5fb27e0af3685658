import { expect, test } from 'vitest'
import { errors } from '../protocol/errors.ts'
import { createMetrics } from './metrics.ts'

const lines = async (metrics: ReturnType<typeof createMetrics>) =>
  (await metrics.exposition()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('[METRICS] every name of ours starts with oxo_ and has a help text', async () => {
  const metrics = createMetrics()
  metrics.socketClosed(1000)
  metrics.httpRequest({ method: 'GET', route: '/', status: 200, seconds: 0.1 })
  const names = (await lines(metrics)).map((line) => line.split(/[ {]/, 1)[0]!)
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name) => !name.startsWith('oxo_'))).toEqual([])
  const text = await metrics.exposition()
  for (const [, name, help] of text.matchAll(/^# HELP (\S+) (.*)$/gm)) expect(help, name).toMatch(/^[A-Z]/)
})

test('[METRICS] plain fields are what is shown, however often it is asked', async () => {
  const metrics = createMetrics()
  metrics.framesIn += 2
  metrics.framesOut += 5
  metrics.moves += 1
  metrics.connections = 7
  metrics.connections -= 1
  metrics.gateWaiting = 3
  metrics.refusals.STALE += 4
  for (let i = 0; i < 2; i++) {
    expect(await lines(metrics)).toEqual(
      expect.arrayContaining([
        'oxo_frames_in_total 2',
        'oxo_frames_out_total 5',
        'oxo_moves_total 1',
        'oxo_connections 6',
        'oxo_gate_waiting 3',
        'oxo_refusals_total{code="STALE"} 4',
      ]),
    )
  }
  metrics.framesIn += 1
  expect(await lines(metrics)).toContain('oxo_frames_in_total 3')
})

test('[METRICS] every code of the error table has its counter from the start', async () => {
  const shown = (await lines(createMetrics())).filter((line) => line.startsWith('oxo_refusals_total'))
  expect(shown).toEqual(Object.keys(errors).map((code) => `oxo_refusals_total{code="${code}"} 0`))
})

test('[METRICS] close codes that peers invent share a label', async () => {
  const metrics = createMetrics()
  for (const code of [4429, 4429, 1006, 3999, 4998]) metrics.socketClosed(code)
  const shown = (await lines(metrics)).filter((line) => line.startsWith('oxo_sockets_closed_total'))
  expect(shown.sort()).toEqual([
    'oxo_sockets_closed_total{code="1006"} 1',
    'oxo_sockets_closed_total{code="4429"} 2',
    'oxo_sockets_closed_total{code="other"} 2',
  ])
})

test('[METRICS] exactly one level of service is on', async () => {
  const metrics = createMetrics()
  metrics.serviceLevel = 'limited'
  const shown = (await lines(metrics)).filter((line) => line.startsWith('oxo_service_level'))
  expect(shown).toEqual([
    'oxo_service_level{level="full"} 0',
    'oxo_service_level{level="limited"} 1',
    'oxo_service_level{level="emergency"} 0',
    'oxo_service_level{level="maintenance"} 0',
  ])
})

test('[METRICS] commits are shown as a histogram in seconds', async () => {
  const metrics = createMetrics()
  for (const ms of [0.1, 0.3, 6_000]) metrics.commitMs.observe(ms)
  metrics.commitChanges.observe(3)
  const shown = await lines(metrics)
  expect(shown).toEqual(
    expect.arrayContaining([
      'oxo_commit_duration_seconds_bucket{le="0.0001"} 1',
      'oxo_commit_duration_seconds_bucket{le="0.00025"} 1',
      'oxo_commit_duration_seconds_bucket{le="0.0005"} 2',
      'oxo_commit_duration_seconds_bucket{le="5"} 2',
      'oxo_commit_duration_seconds_bucket{le="+Inf"} 3',
      'oxo_commit_duration_seconds_count 3',
      'oxo_commit_changes_bucket{le="2"} 0',
      'oxo_commit_changes_bucket{le="4"} 1',
      'oxo_commit_changes_sum 3',
    ]),
  )
  const sum = shown.find((line) => line.startsWith('oxo_commit_duration_seconds_sum'))!
  expect(Number(sum.split(' ')[1])).toBeCloseTo(6.0004)
})

test('[METRICS] two servers in one process count apart, and watching twice is watching once', async () => {
  const [one, two] = [createMetrics(), createMetrics()]
  one.moves += 1
  one.watchProcess()
  one.watchProcess()
  expect(await lines(two)).toContain('oxo_moves_total 0')
  expect((await lines(one)).filter((line) => line.startsWith('process_resident_memory_bytes'))).toHaveLength(1)
  expect((await lines(two)).join()).not.toContain('process_resident_memory_bytes')
})
