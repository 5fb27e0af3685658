import type { GameId } from '../../protocol/ids.ts'

interface Recorded {
  readonly record: string
}

/**
 * Records of running games, by game. What is set is kept as it came, and its record is not read before somebody asks for it. Nothing is
 * ever changed in place: copies may share what they hold.
 */
export class LiveRecords implements Iterable<readonly [GameId, string]> {
  private readonly recorded: Map<GameId, Recorded>

  constructor(of: Iterable<readonly [GameId, Recorded]> = []) {
    this.recorded = new Map(of)
  }

  get size(): number {
    return this.recorded.size
  }

  has(gameId: GameId): boolean {
    return this.recorded.has(gameId)
  }

  get(gameId: GameId): string | undefined {
    return this.recorded.get(gameId)?.record
  }

  set(gameId: GameId, recorded: Recorded | string): void {
    this.recorded.set(gameId, typeof recorded === 'string' ? { record: recorded } : recorded)
  }

  delete(gameId: GameId): boolean {
    return this.recorded.delete(gameId)
  }

  copy(): LiveRecords {
    return new LiveRecords(this.recorded)
  }

  *[Symbol.iterator](): Generator<readonly [GameId, string]> {
    for (const [gameId, { record }] of this.recorded) yield [gameId, record]
  }
}
