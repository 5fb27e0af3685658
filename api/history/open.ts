import type { Clock } from '../../kit/clock.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { DynamoPlace } from '../../ports/dynamodb/client.ts'
import { openGameStore } from '../../ports/dynamodb/open.ts'
import { openFileSigner } from '../../ports/file/signer.ts'
import type { GameStore } from '../../ports/game-store.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { storeGuard } from '../store-guard.ts'
import { createHistory, type HistoryDeps } from './history.ts'

export interface OpenHistory extends ReturnType<typeof createHistory> {
  close(): Promise<void>
}

/** Without a store the service is there and answers UNAVAILABLE: other services of the process need none. */
const NOWHERE: Pick<GameStore, 'history'> = {
  history: () => Promise.reject(new StoreUnavailable('neither DYNAMODB_ENDPOINT nor AWS_REGION is given')),
}

/** The history service of an `api` process. The error is one line for the operator. */
export async function openHistory(
  config: DynamoPlace & { readonly recordKeysFile: string },
  deps: Pick<HistoryDeps, 'log'> & { readonly clock: Clock },
): Promise<Result<OpenHistory, string>> {
  const signer = await openFileSigner(config.recordKeysFile, deps)
  if (!signer.ok) return signer
  const store = openGameStore(config)
  const games = store === null ? NOWHERE : storeGuard(deps.clock).guard(store)
  return ok({ ...createHistory({ ...deps, games, signer: signer.value }), close: async () => store?.close() })
}
