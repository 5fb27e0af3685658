import {
  ACCEPT,
  arrive,
  type Client,
  type ConnectOptions,
  connect,
  FIND,
  type Guest,
  INVITE,
  is,
  MOVE,
  STATE,
} from './client.ts'

/** A running game and its players by seat. */
export interface Table {
  readonly gameId: string
  readonly x: Client
  readonly o: Client
}

/** X completes the left column: 0, 3, 6. */
export const X_WINS = [0, 1, 3, 4, 6] as const

/** The clients of one test: who they are to each other, and that nobody of them saw the server break a rule. */
export function company(url: () => string) {
  let clients: Client[] = []
  const noted = (client: Client): Client => {
    clients.push(client)
    return client
  }

  const newcomer = async (options?: ConnectOptions): Promise<Client> => noted(await arrive(url(), options))

  /** Two newcomers, whom the queue pairs. */
  async function paired(mode: 'casual' | 'ranked' = 'casual'): Promise<Table> {
    const [a, b] = await Promise.all([newcomer(), newcomer()])
    await Promise.all([a.ok(FIND, mode), b.ok(FIND, mode)])
    return seated(a, b)
  }

  /** Two newcomers in a private game. */
  async function invited(): Promise<Table> {
    const [a, b] = await Promise.all([newcomer(), newcomer()])
    await b.ok(ACCEPT, await a.ok(INVITE))
    return seated(a, b)
  }

  return {
    newcomer,
    paired,
    invited,
    /** One more socket of someone who is here, or was. */
    again: async (guest: Guest, options?: ConnectOptions): Promise<Client> =>
      noted(await connect(url(), guest, options)),
    /** All leave. Answers what they saw go against PROTOCOL.md. */
    async dismiss(): Promise<string[]> {
      const leaving = clients
      clients = []
      await Promise.all(leaving.map((client) => client.leave()))
      return leaving.flatMap((client) => client.faults)
    },
  }
}

/** The two after both got the opening of their next game, X first. */
export async function seated(a: Client, b: Client, from: readonly [number, number] = [0, 0]): Promise<Table> {
  const [opening] = await Promise.all([a.seen(isOpening, from[0]), b.seen(isOpening, from[1])])
  const gameId = opening[1] as string
  return a.game(gameId).snapshot.you === 0 ? { gameId, x: a, o: b } : { gameId, x: b, o: a }
}

const isOpening = (frame: readonly unknown[]): boolean => is(STATE)(frame) && frame[2] === 1

/** Plays `cells` in turn from the current position on; resolves when both players have seen the last of them. */
export async function play({ gameId, x, o }: Table, cells: readonly number[]): Promise<void> {
  for (const cell of cells) {
    const ply = x.game(gameId).moves.length
    await (ply % 2 === 0 ? x : o).ok(MOVE, gameId, ply, cell)
    const moved = (frame: readonly unknown[]) => is(68, gameId)(frame) && frame[3] === ply
    await Promise.all([x.seen(moved), o.seen(moved)])
  }
}
