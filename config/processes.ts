import type { VariableName } from './variables.ts'

export interface ProcessVariables {
  readonly reads: readonly VariableName[]
  /** Those of `reads` without which the process does not start. */
  readonly requires: readonly VariableName[]
}

const SOCKET_SIDE = [
  'PORT',
  'ADMIN_PORT',
  'HOST',
  'NODE_ID',
  'REGION',
  'LOG_LEVEL',
  'ALLOWED_ORIGINS',
  'TRUSTED_PROXIES',
  'TURN_SECONDS',
  'AUTH_ISSUER',
  'RATE_LIMIT_SIGNED_IN',
  'RATE_LIMIT_ANONYMOUS',
  'RATE_LIMIT_FRAMES',
  'MAX_SOCKETS_PER_ADDRESS',
] as const satisfies readonly VariableName[]

const STORE_SIDE = [
  'VALKEY_URL',
  'VALKEY_REPLICATION_GROUP',
  'AWS_REGION',
  'VALKEY_CACHE_URL',
] as const satisfies readonly VariableName[]

const DATABASE_SIDE = ['DATABASE_URL', 'DATABASE_IAM', 'DATABASE_MIGRATE'] as const satisfies readonly VariableName[]

/** Which process reads what. `start` is everything in one, on embedded stores. */
export const processes = {
  start: {
    reads: [
      ...([...SOCKET_SIDE, 'REGIONS', 'DATA_DIR'] as const),
      ...(['AUTH_KEYS_FILE', 'AUTH_PROVIDERS_FILE', 'PUBLIC_URL', 'RECORD_KEYS_FILE'] as const),
    ],
    requires: [],
  },
  server: {
    reads: [
      ...SOCKET_SIDE,
      ...STORE_SIDE,
      'COMMIT_REPLICAS',
      'DYNAMODB_ENDPOINT',
      'API_URL',
      'FORWARD_SECRET',
      'AUTH_JWKS_URL',
    ],
    requires: ['AUTH_JWKS_URL'],
  },
  matchmaker: {
    reads: ['ADMIN_PORT', 'NODE_ID', 'REGION', 'LOG_LEVEL', ...STORE_SIDE, 'COMMIT_REPLICAS', 'MATCH_MINUTE_WORTH'],
    requires: [],
  },
  persistence: {
    reads: [
      ...(['ADMIN_PORT', 'NODE_ID', 'LOG_LEVEL', ...STORE_SIDE, 'COMMIT_REPLICAS'] as const),
      ...(['DYNAMODB_ENDPOINT', 'RECORD_KEYS_FILE', 'DATA_DIR', ...DATABASE_SIDE] as const),
    ],
    requires: [],
  },
  api: {
    reads: [
      ...(['PORT', 'HOST', 'REGION', 'DATA_DIR', 'LOG_LEVEL', 'AUTH_KEYS_FILE', 'AUTH_ISSUER', 'SERVICES'] as const),
      ...(['AUTH_PROVIDERS_FILE', 'PUBLIC_URL', 'VALKEY_URL', 'VALKEY_REPLICATION_GROUP', 'COMMIT_REPLICAS'] as const),
      ...(['ALLOWED_ORIGINS', 'TRUSTED_PROXIES', 'RATE_LIMIT_SIGNED_IN', 'RATE_LIMIT_ANONYMOUS'] as const),
      ...(['AUTH_JWKS_URL', 'VALKEY_CACHE_URL', 'FORWARD_SECRET'] as const),
      ...(['AWS_REGION', 'REGIONS', ...DATABASE_SIDE] as const),
      ...(['DYNAMODB_ENDPOINT', 'RECORD_KEYS_FILE'] as const),
    ],
    requires: [],
  },
  admin: {
    reads: [
      ...(['DATABASE_URL', 'DATABASE_IAM', 'VALKEY_URL', 'COMMIT_REPLICAS', 'AWS_REGION'] as const),
      ...(['DATA_DIR', 'LOG_LEVEL'] as const),
    ],
    requires: [],
  },
  audit: {
    reads: [...DATABASE_SIDE, 'AWS_REGION', 'DYNAMODB_ENDPOINT', 'DATA_DIR'],
    requires: [],
  },
  migrate: { reads: ['DATABASE_URL', 'DATABASE_IAM', 'AWS_REGION', 'DATA_DIR', 'LOG_LEVEL'], requires: [] },
} as const satisfies Record<string, ProcessVariables>
export type ProcessName = keyof typeof processes
