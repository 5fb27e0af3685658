import { hostname } from 'node:os'
import { join } from 'node:path'
import { cidr, flag, integer, list, oneOf, origin, path, seconds, text, url } from '../kit/env-shape.ts'
import { type Env, variable } from './variable.ts'

const httpUrl = url('an http:// or https:// URL', 'http:', 'https:')
const databaseUrl = url('a postgres:// or postgresql:// URL', 'postgres:', 'postgresql:')
const valkeyUrl = url('a redis:// or rediss:// URL', 'redis:', 'rediss:')

const DATA_DIR = '.data'
const PORT = '8080'
/** 9090, the customary metrics port, beside the default `PORT`; two copies with their own `PORT` do not collide. */
const ADMIN_PORT_OFFSET = 1_010
const portShape = integer(0, 65_535)

/** Processes without a `PORT` may stand beside any other. */
function adminPort(env: Env, reads: readonly string[]): string {
  if (!reads.includes('PORT')) return '0'
  const port = portShape.schema.safeParse(env.PORT || PORT).data ?? 0
  return port === 0 || port + ADMIN_PORT_OFFSET > 65_535 ? '0' : `${port + ADMIN_PORT_OFFSET}`
}

const nodeId = (): string =>
  `${
    hostname()
      .replace(/[^A-Za-z0-9_.-]/g, '-')
      .slice(0, 50) || 'node'
  }-${process.pid}`

/** Every variable of the public surface, in the order of docs/CONFIG.md, which is generated from here. */
export const variables = {
  PORT: variable('port', portShape, PORT, 'Where players connect; 0 = any free port'),
  ADMIN_PORT: variable(
    'adminPort',
    portShape,
    adminPort,
    'Metrics, health and operator switches, on 127.0.0.1; 0 = any free port',
    {
      defaultText: '`PORT` + 1010 (`9090` beside 8080), any free port when `PORT` is 0 or not read',
    },
  ),
  HOST: variable(
    'host',
    text('an address or host name', /^[A-Za-z0-9.:_-]{1,255}$/),
    '0.0.0.0',
    'Address that `PORT` listens on',
  ),
  NODE_ID: variable(
    'nodeId',
    text('1..64 of A-Z a-z 0-9 _ . -', /^[A-Za-z0-9_.-]{1,64}$/),
    nodeId,
    'Name of this process among its peers; unique',
    {
      defaultText: 'host name and process id',
    },
  ),
  REGION: variable(
    'region',
    text('1..32 of a-z 0-9 -', /^[a-z0-9-]{1,32}$/),
    'local',
    'Region of this process; new accounts belong to it and are matched in it',
  ),
  REGIONS: variable(
    'regions',
    list(text('1..32 of a-z 0-9 -', /^[a-z0-9-]{1,32}$/)),
    '',
    'Regions that players may choose besides `REGION`; each needs servers and a matchmaker',
  ),
  DATA_DIR: variable(
    'dataDir',
    path,
    DATA_DIR,
    'Folder of the embedded stores and keys; created when absent, one process a folder',
  ),
  LOG_LEVEL: variable(
    'logLevel',
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'Least level that is logged',
  ),
  ALLOWED_ORIGINS: variable(
    'allowedOrigins',
    list(origin),
    '',
    'Web origins that may open sockets, besides the one that the request itself was sent to',
    {
      defaultText: 'none: only the origin that `Host` names',
    },
  ),
  TRUSTED_PROXIES: variable(
    'trustedProxies',
    list(cidr),
    '',
    'Networks of load balancers whose `X-Forwarded-For` is believed',
  ),
  TURN_SECONDS: variable('turnMs', seconds(1, 3_600), '30', 'Time for one move', { unit: 'seconds' }),
  VALKEY_URL: variable('valkeyUrl', valkeyUrl, null, 'Live state: a Valkey or Redis 7, single or cluster'),
  VALKEY_CACHE_URL: variable(
    'valkeyCacheUrl',
    valkeyUrl,
    (env) => env.VALKEY_URL || null,
    'Bus, rankings and rate limits: a second, plain Valkey',
    {
      defaultText: 'the same as `VALKEY_URL`',
    },
  ),
  VALKEY_REPLICATION_GROUP: variable(
    'valkeyReplicationGroup',
    text('an ElastiCache id', /^[A-Za-z0-9-]{1,64}$/),
    null,
    'ElastiCache replication group whose endpoint is used instead of `VALKEY_URL`; needs `AWS_REGION`',
  ),
  AWS_REGION: variable(
    'awsRegion',
    text('an AWS region', /^[a-z0-9-]{1,32}$/),
    null,
    'AWS region of `VALKEY_REPLICATION_GROUP`, of DynamoDB and of `DATABASE_IAM`',
  ),
  DATABASE_URL: variable(
    'databaseUrl',
    databaseUrl,
    null,
    'Users, statistics, ratings: a PostgreSQL 15 or newer. Beyond this machine always by TLS, verified by the CAs of Node and of `NODE_EXTRA_CA_CERTS`',
    { defaultText: 'an embedded one in `DATA_DIR`' },
  ),
  DATABASE_IAM: variable(
    'databaseIam',
    flag,
    'false',
    'Sign in at `DATABASE_URL` with a token of AWS IAM instead of a password; needs `AWS_REGION`',
  ),
  DATABASE_MIGRATE: variable(
    'databaseMigrate',
    flag,
    'true',
    'Whether this process brings the schema up to its release before it uses it; else run `npm run migrate` first',
  ),
  DYNAMODB_ENDPOINT: variable(
    'dynamodbEndpoint',
    httpUrl,
    null,
    'Finished games: a DynamoDB-compatible endpoint; on this machine its table is made when missing',
    { defaultText: 'DynamoDB in `AWS_REGION`; without that no finished games are kept' },
  ),
  COMMIT_REPLICAS: variable(
    'commitReplicas',
    integer(0, 5),
    '0',
    'Replicas that must have a change before it is acknowledged',
    { unit: 'replicas' },
  ),
  MATCH_MINUTE_WORTH: variable(
    'minuteWorth',
    integer(1, 1_000_000),
    null,
    "Rating distance that a minute of one player's wait is worth to the pairing: less means longer waits for nearer opponents, see docs/matchmaking.md",
    { defaultText: 'none: nobody waits for a nearer opponent', unit: 'rating points' },
  ),
  API_URL: variable('apiUrl', httpUrl, null, 'Where the `api` processes answer; servers forward its REST paths there'),
  FORWARD_SECRET: variable(
    'forwardSecret',
    text('16..256 printable characters', /^[!-~]{16,256}$/),
    null,
    'Shown by servers with what they forward, so that `api` believes who the client is',
    { defaultText: 'none: `api` believes `TRUSTED_PROXIES` only' },
  ),
  AUTH_KEYS_FILE: variable(
    'authKeysFile',
    path,
    (env) => join(env.DATA_DIR || DATA_DIR, 'auth-keys.json'),
    'Private Ed25519 keys (a JWKS; the first one signs), created when absent and read again when changed: to replace one, add a new key at the end, and move it to the front some minutes later',
    {
      defaultText: '`auth-keys.json` in `DATA_DIR`',
    },
  ),
  RECORD_KEYS_FILE: variable(
    'recordKeysFile',
    path,
    (env) => join(env.DATA_DIR || DATA_DIR, 'record-keys.json'),
    'Private Ed25519 keys of game records (a JWKS; the first one signs), created when absent and read again when changed; the same for `persistence` and `api`',
    {
      defaultText: '`record-keys.json` in `DATA_DIR`',
    },
  ),
  AUTH_JWKS_URL: variable('authJwksUrl', httpUrl, jwksUrl, 'Public keys that verify access tokens', {
    defaultText: '`/.well-known/jwks.json` of `API_URL`',
  }),
  AUTH_ISSUER: variable(
    'authIssuer',
    text('1..255 printable characters', /^[!-~]{1,255}$/),
    'oxo',
    'Issuer of access tokens; the same for `api` and servers',
  ),
  AUTH_PROVIDERS_FILE: variable(
    'authProvidersFile',
    path,
    null,
    'Who may vouch for players (OpenID Connect): JSON `{"providers": [{"name", "title", "issuer", "clientId", "clientSecret"?, "audiences"?}]}`, with secrets in it',
    { defaultText: 'none: guests only' },
  ),
  PUBLIC_URL: variable(
    'publicUrl',
    origin,
    null,
    'Origin at which players reach the platform; providers lead browsers back there, and its `https:` makes cookies secure',
    { defaultText: 'where each request was sent to; needed with providers that are not on this machine' },
  ),
  RATE_LIMIT_SIGNED_IN: variable(
    'rateLimitSignedIn',
    integer(1, 100_000_000),
    '1000',
    'REST requests and socket upgrades of one account before RATE_LIMITED; API keys may burst to twice as many',
    { unit: 'requests a minute' },
  ),
  RATE_LIMIT_ANONYMOUS: variable(
    'rateLimitAnonymous',
    integer(1, 100_000_000),
    '100',
    'The same of one address (IPv6: its /64) without a sign-in',
    { unit: 'requests a minute' },
  ),
  RATE_LIMIT_FRAMES: variable(
    'rateLimitFrames',
    integer(1, 1_000_000),
    '20',
    'Frames of one socket before RATE_LIMITED; four times as many close it',
    { unit: 'frames a second' },
  ),
  MAX_SOCKETS_PER_ADDRESS: variable(
    'maxSocketsPerAddress',
    integer(1, 1_000_000),
    '200',
    'Open sockets of one address on one server',
    { unit: 'sockets' },
  ),
  SERVICES: variable(
    'services',
    list(oneOf(['accounts', 'statistics', 'leaderboard', 'history', 'keys'])),
    'accounts,statistics,leaderboard,history,keys',
    'Services that this `api` process offers',
  ),
}

function jwksUrl(env: Env): string | null {
  const base = env.API_URL
  return base && URL.canParse(base) ? new URL('/.well-known/jwks.json', base).href : null
}

export type Variables = typeof variables
export type VariableName = keyof Variables
