import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache'

const TRIES_MAX = 3
const TIMEOUT_MS = 5_000

export interface DiscoverOptions {
  readonly replicationGroup: string
  readonly awsRegion: string
  /** Another endpoint of the API than AWS's own: tests. */
  readonly endpoint?: string
}

/**
 * The URL of an ElastiCache replication group: its configuration endpoint in cluster mode, else its primary's; `rediss://` where it encrypts
 * in transit. Credentials come from the environment or the task's role. @throws Error in one line when it cannot be found
 */
export async function discoverValkey({ replicationGroup, awsRegion, endpoint }: DiscoverOptions): Promise<string> {
  const client = new ElastiCacheClient({
    region: awsRegion,
    maxAttempts: TRIES_MAX,
    requestHandler: { requestTimeout: TIMEOUT_MS, connectionTimeout: TIMEOUT_MS },
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  try {
    const found = await client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: replicationGroup }))
    const group = found.ReplicationGroups?.[0]
    const { Address: host, Port: port } = group?.ConfigurationEndpoint ?? group?.NodeGroups?.[0]?.PrimaryEndpoint ?? {}
    if (host === undefined) throw new Error('it has no endpoint yet')
    return `${group?.TransitEncryptionEnabled ? 'rediss' : 'redis'}://${host}:${port ?? 6379}`
  } catch (error) {
    throw new Error(`replication group ${replicationGroup}: ${error instanceof Error ? error.message : error}`)
  } finally {
    client.destroy()
  }
}

/** Where Valkey is: as given, or looked up. @throws Error in one line when neither is there */
export async function valkeyUrlOf(config: {
  readonly valkeyUrl: string | null
  readonly valkeyReplicationGroup: string | null
  readonly awsRegion: string | null
}): Promise<string> {
  const { valkeyUrl, valkeyReplicationGroup: replicationGroup, awsRegion } = config
  if (replicationGroup !== null && awsRegion !== null) return discoverValkey({ replicationGroup, awsRegion })
  if (valkeyUrl !== null) return valkeyUrl
  throw new Error('VALKEY_URL is missing, or VALKEY_REPLICATION_GROUP with AWS_REGION')
}
