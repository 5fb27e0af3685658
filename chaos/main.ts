import { parseArgs } from 'node:util'
import { systemClock as clock } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { reportOf } from './report.ts'
import { type RunOptions, type RunResult, run, type Stage } from './run.ts'
import { drains, kills, matchmakers, pauses, rolling } from './scenarios.ts'
import { type SingleStore, startSingleStore } from './store.ts'
import { failOvers, network, restarts } from './store-scenarios.ts'

/** `npm run chaos -- [--only kills|pauses|drains|store|network|matchmaker|rolling|upgrade] [--scale 0.05] [--from REV] [--keep]` */
const FULL = {
  servers: 3,
  games: 200,
  kills: 200,
  pauses: 50,
  drains: 20,
  restarts: 20,
  failOvers: 10,
  network: 5,
  matchmakers: 10,
  rolls: 3,
}
const GAMES_MIN = 10
const THINK_MS = 1_000

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})
const scale = Number(values.scale)

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const times = (full: number): number => Math.max(1, Math.round(full * scale))

const onOneStore = async (name: string, scenario: (store: SingleStore) => (stage: Stage) => Promise<void>) => {
  const store = await startSingleStore(clock)
  try {
    return await run({ ...base(name), target: store.target, proxied: true, scenario: scenario(store) })
  } finally {
    await store.stop()
  }
}

const base = (name: string): Omit<RunOptions, 'target' | 'proxied' | 'scenario'> => ({
  clock,
  random,
  name,
  servers: FULL.servers,
  games: Math.max(GAMES_MIN, Math.round(FULL.games * Math.min(1, 2 * scale))),
  thinkMs: THINK_MS,
  keep: values.keep,
  say,
})

const inTurn =
  (...scenarios: readonly ((stage: Stage) => Promise<void>)[]) =>
  async (stage: Stage): Promise<void> => {
    for (const scenario of scenarios) await scenario(stage)
  }

const groups: Readonly<Record<string, () => Promise<RunResult>>> = {
  kills: () => onOneStore('kills', () => kills(times(FULL.kills))),
  pauses: () => onOneStore('pauses', () => pauses(times(FULL.pauses))),
  drains: () => onOneStore('drains', () => drains(times(FULL.drains))),
  store: () =>
    onOneStore('store', (store) =>
      inTurn(restarts(store, times(FULL.restarts)), failOvers(store, times(FULL.failOvers))),
    ),
  network: () => onOneStore('network', () => network(times(FULL.network))),
  matchmaker: () => onOneStore('matchmaker', () => matchmakers(times(FULL.matchmakers))),
  rolling: () => onOneStore('rolling', () => inTurn(...Array.from({ length: times(FULL.rolls) }, () => rolling()))),
}

const chosen = values.only?.split(',') ?? Object.keys(groups)
const runs: RunResult[] = []
for (const name of chosen) {
  const result = await groups[name]!()
  runs.push(result)
  const { games, moves, examples } = result.verdict
  say(`${name}: ${games} games, ${moves} moves, ${Math.round(result.seconds)} s`)
  for (const example of examples) say(`  ${example}`)
  if (values.keep || examples.length > 0) say(`  history and processes' lines: ${result.dir}`)
}
const report = reportOf(runs)
for (const failure of report.failures) say(`FAILED ${failure}`)
say(JSON.stringify(report))
process.exit(report.failures.length > 0 ? 1 : 0)
