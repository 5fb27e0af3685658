import { Cluster } from 'ioredis'
import type { Durability } from '../../protocol/messages.ts'
import type { Valkey } from './connect.ts'

/** On what an answer of this store rests; see docs/ARCHITECTURE.md, "Durability". A store that does not tell counts as memory of one process. */
export async function durabilityOf(valkey: Valkey, commitReplicas: number): Promise<Durability> {
  if (commitReplicas > 0) return 'replicated'
  try {
    const node = valkey instanceof Cluster ? valkey.nodes('master')[0] : valkey
    const settings = (await node?.config('GET', 'append*')) as string[] | undefined
    const value = (name: string) => settings?.[settings.indexOf(name) + 1]
    return value('appendonly') === 'yes' && value('appendfsync') === 'always' ? 'disk' : 'process'
  } catch {
    return 'process'
  }
}
