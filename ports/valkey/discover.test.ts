import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { discoverValkey, valkeyUrlOf } from './discover.ts'

const endpointOf = (name: string) => `<${name}><Address>${name}.example</Address><Port>6380</Port></${name}>`
const GROUPS: Readonly<Record<string, string>> = {
  clustered: `${endpointOf('ConfigurationEndpoint')}<TransitEncryptionEnabled>true</TransitEncryptionEnabled>`,
  single: `<NodeGroups><NodeGroup>${endpointOf('PrimaryEndpoint')}</NodeGroup></NodeGroups>`,
  creating: '<Status>creating</Status>',
}
const answer = (
  group: string,
) => `<DescribeReplicationGroupsResponse><DescribeReplicationGroupsResult><ReplicationGroups>
  <ReplicationGroup>${group}</ReplicationGroup></ReplicationGroups></DescribeReplicationGroupsResult></DescribeReplicationGroupsResponse>`
const UNKNOWN = `<ErrorResponse><Error><Type>Sender</Type><Code>ReplicationGroupNotFoundFault</Code>
  <Message>not found</Message></Error></ErrorResponse>`

/** ElastiCache's API as far as one call goes, on loopback. */
const api = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const group = GROUPS[new URLSearchParams(body).get('ReplicationGroupId') ?? '']
  response.writeHead(group === undefined ? 404 : 200, { 'content-type': 'text/xml' })
  response.end(group === undefined ? UNKNOWN : answer(group))
})
const discover = (replicationGroup: string) =>
  discoverValkey({
    replicationGroup,
    awsRegion: 'eu-west-2',
    endpoint: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  })

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  api.close()
})

test('[valkey] a group in cluster mode is its configuration endpoint, encrypted where it says so', async () => {
  expect(await discover('clustered')).toBe('rediss://ConfigurationEndpoint.example:6380')
})

test('[valkey] another group is its primary', async () => {
  expect(await discover('single')).toBe('redis://PrimaryEndpoint.example:6380')
})

test('[valkey] a group that is unknown, or has no endpoint yet, is named in one line', async () => {
  await expect(discover('elsewhere')).rejects.toThrow(/^replication group elsewhere: .*not found/)
  await expect(discover('creating')).rejects.toThrow('replication group creating: it has no endpoint yet')
})

test('[valkey] without a group the URL that was given is taken, and one of both is needed', async () => {
  const none = { valkeyReplicationGroup: null, awsRegion: null }
  expect(await valkeyUrlOf({ ...none, valkeyUrl: 'redis://here' })).toBe('redis://here')
  await expect(valkeyUrlOf({ ...none, valkeyUrl: null })).rejects.toThrow('VALKEY_URL is missing')
})
