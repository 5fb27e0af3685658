import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import { startClusterStore } from './cluster-store.ts'
import { startDatabases } from './databases.ts'
import { checkOut } from './other-release.ts'
import { EAGER, placementKills } from './placement-kills.ts'
import { type RunOptions, type RunResult, run, type Stage } from './run.ts'
import { drains, kills, matchmakers, pauses, rolling } from './scenarios.ts'
import { type SingleStore, startSingleStore } from './store.ts'
import { failOvers, network, playersNetwork, primaryKills, restarts } from './store-scenarios.ts'
import { writersRun } from './writer-scenarios.ts'

/** Scale 1: concurrent games, and how often each fault strikes. */
export const FULL = {
  servers: 3,
  games: 200,
  kills: 200,
  pauses: 50,
  drains: 20,
  restarts: 20,
  failOvers: 10,
  primaryKills: 10,
  /** Each kind of trouble between one server and the store. */
  network: 5,
  matchmakers: 10,
  placementKills: 120,
  rolls: 3,
  /** PostgreSQL is stopped so often, for so long; DynamoDB is faulty for as long. */
  outages: 5,
  outageMs: 60_000,
  writerKills: 120,
} as const
const GAMES_MIN = 5
/** Of the kills while placing, whose games are over soon: they mean some 30 placements a second. */
const PLACING_GAMES = 40
const OUTAGE_MS_MIN = 6_000
/** How long a player thinks about a move, on average, ms. */
const THINK_MS = 1_000

export interface GroupOptions {
  readonly clock: Clock
  readonly random: Random
  readonly say: (line: string) => void
  /** Of all counts; below 0.5 fewer games too, because the machine is smaller than the run. */
  readonly scale: number
  /** The other release of `upgrade`: a revision. */
  readonly from: string
  /** Histories stay where they were written. */
  readonly keep: boolean
}

type Scenario = (stage: Stage) => Promise<void>

/** What `--only` names, in the order of a whole run. */
export function createGroups(options: GroupOptions): Readonly<Record<string, () => Promise<RunResult[]>>> {
  const { scale, clock } = options
  const times = (full: number): number => Math.max(1, Math.round(full * scale))
  const games = Math.max(GAMES_MIN, Math.round(FULL.games * Math.min(1, 2 * scale)))
  const base = (name: string) => ({ ...options, name, servers: FULL.servers, games, thinkMs: THINK_MS })

  async function on<S extends { target: RunOptions['target']; stop(): Promise<void> }>(
    store: S,
    name: string,
    scenario: Scenario,
    more: Partial<
      Pick<RunOptions, 'proxied' | 'fronted' | 'entry' | 'databases' | 'settle' | 'see' | 'habits' | 'games'>
    > = {},
  ): Promise<RunResult[]> {
    try {
      return [await run({ ...base(name), target: store.target, proxied: true, ...more, scenario })]
    } finally {
      await store.stop()
    }
  }
  const single = async (name: string, scenario: Scenario): Promise<RunResult[]> =>
    on(await startSingleStore(clock), name, scenario)
  const singleStore = async (name: string, scenario: (store: SingleStore) => Scenario): Promise<RunResult[]> => {
    const store = await startSingleStore(clock)
    return on(store, name, scenario(store))
  }
  const cluster = async (): Promise<RunResult[]> => {
    const store = await startClusterStore(clock)
    return on(store, 'store (cluster)', primaryKills(store, times(FULL.primaryKills)), { proxied: false })
  }

  /** Servers of another release, then of this one, then of the other again. */
  async function upgrade(): Promise<RunResult[]> {
    const other = checkOut(options.from)
    options.say(`upgrade: from ${other.revision} and back`)
    try {
      const rolls = inTurn(rolling('drain to this release'), rolling('drain to the other release', other.entry))
      return await on(await startSingleStore(clock), 'upgrade', rolls, { entry: other.entry })
    } finally {
      other.remove()
    }
  }

  async function writers(): Promise<RunResult[]> {
    const databases = await startDatabases()
    const outageMs = Math.max(OUTAGE_MS_MIN, Math.round(FULL.outageMs * Math.min(1, scale)))
    const faults = { outages: times(FULL.outages), outageMs, kills: times(FULL.writerKills) }
    const { scenario, settle } = writersRun(databases, faults)
    try {
      return await on(await startSingleStore(clock), 'writers', scenario, { databases, settle })
    } finally {
      await databases.stop()
    }
  }

  return {
    kills: () => single('kills', kills(times(FULL.kills))),
    pauses: () => single('pauses', pauses(times(FULL.pauses))),
    drains: () => single('drains', drains(times(FULL.drains))),
    rolling: () => single('rolling', inTurn(...Array.from({ length: times(FULL.rolls) }, () => rolling()))),
    store: async () => [
      ...(await singleStore('store (restarts)', (store) => restarts(store, times(FULL.restarts)))),
      ...(await singleStore('store (failovers)', (store) => failOvers(store, times(FULL.failOvers)))),
      ...(await cluster()),
      ...(await single('store (network)', network(times(FULL.network)))),
    ],
    players: async () =>
      on(await startSingleStore(clock), 'players', playersNetwork(times(FULL.network)), { fronted: true }),
    matchmaker: async () => {
      const { scenario, ...more } = placementKills(times(FULL.placementKills))
      const eager = { ...more, habits: EAGER, games: Math.min(games, PLACING_GAMES) }
      return [
        ...(await single('matchmaker', matchmakers(times(FULL.matchmakers)))),
        ...(await on(await startSingleStore(clock), 'matchmaker (placing)', scenario, eager)),
      ]
    },
    writers,
    upgrade,
  }
}

const inTurn =
  (...scenarios: readonly Scenario[]): Scenario =>
  async (stage) => {
    for (const scenario of scenarios) await scenario(stage)
  }
