import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ConfigError, configOrExit, type Env, processes, readConfig, type VariableName, variables } from './config.ts'
import { CONFIG_DOCS_PATH, configDocs, readers } from './scripts/config-docs.ts'

/** What `readConfig` says is wrong, or null. */
function fault(env: Env, processName: 'start' | 'server' | 'api' = 'start'): string | null {
  try {
    readConfig(env, processName)
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
}

describe('readConfig', () => {
  test('[config] an empty environment is a working configuration for npm start', () => {
    expect(readConfig({}, 'start')).toEqual({
      port: 8080,
      adminPort: 9090,
      host: '0.0.0.0',
      nodeId: `${hostname()
        .replace(/[^A-Za-z0-9_.-]/g, '-')
        .slice(0, 50)}-${process.pid}`,
      region: 'local',
      regions: [],
      logLevel: 'info',
      allowedOrigins: [],
      trustedProxies: [],
      turnMs: 30_000,
      authIssuer: 'oxo',
      rateLimitSignedIn: 1_000,
      rateLimitAnonymous: 100,
      rateLimitFrames: 20,
      maxSocketsPerAddress: 200,
      dataDir: '.data',
      authKeysFile: '.data/auth-keys.json',
      authProvidersFile: null,
      publicUrl: null,
      recordKeysFile: '.data/record-keys.json',
    })
  })

  test('[config] given values win over defaults, in the units of the result', () => {
    const env = { PORT: '0', TURN_SECONDS: '5', DATA_DIR: 'there', NODE_ID: 'a', RATE_LIMIT_FRAMES: '7' }
    expect(readConfig(env, 'start')).toMatchObject({
      port: 0,
      turnMs: 5_000,
      dataDir: 'there',
      nodeId: 'a',
      rateLimitFrames: 7,
    })
    expect(readConfig(env, 'start').authKeysFile).toBe('there/auth-keys.json')
  })

  test('[config] lists are split, trimmed and typed', () => {
    const config = readConfig(
      { ALLOWED_ORIGINS: 'https://a.example, http://b.example:81,', TRUSTED_PROXIES: '10.0.0.0/8,::1,192.0.2.7' },
      'start',
    )
    expect(config.allowedOrigins).toEqual(['https://a.example', 'http://b.example:81'])
    expect(config.trustedProxies).toEqual([
      { address: '10.0.0.0', prefixBits: 8, family: 'ipv4' },
      { address: '::1', prefixBits: 128, family: 'ipv6' },
      { address: '192.0.2.7', prefixBits: 32, family: 'ipv4' },
    ])
  })

  test('[config] the admin port follows the port, so that two copies do not collide', () => {
    const adminPortOf = (env: Env) => readConfig(env, 'start').adminPort
    expect(adminPortOf({ PORT: '8081' })).toBe(9091)
    expect(adminPortOf({ PORT: '0' })).toBe(0)
    expect(adminPortOf({ PORT: '65000' })).toBe(0)
    expect(adminPortOf({ PORT: '8081', ADMIN_PORT: '7000' })).toBe(7000)
  })

  test('[config] other addresses follow from VALKEY_URL and API_URL', () => {
    const config = readConfig({ VALKEY_URL: 'rediss://user:pass@store:6380', API_URL: 'http://api:81/x' }, 'server')
    expect(config.valkeyCacheUrl).toBe('rediss://user:pass@store:6380')
    expect(config.authJwksUrl).toBe('http://api:81/.well-known/jwks.json')
    const explicit = {
      VALKEY_URL: 'redis://a',
      VALKEY_CACHE_URL: 'redis://cache',
      AUTH_JWKS_URL: 'https://keys.example/jwks',
    }
    expect(readConfig(explicit, 'server')).toMatchObject({ valkeyUrl: 'redis://a', valkeyCacheUrl: 'redis://cache' })
    expect(readConfig(explicit, 'server').authJwksUrl).toBe('https://keys.example/jwks')
  })

  test.each<[VariableName, string]>([
    ['PORT', '65536'],
    ['PORT', '8080x'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['ADMIN_PORT', 'any'],
    ['HOST', 'two words'],
    ['NODE_ID', 'a/b'],
    ['REGION', 'EU'],
    ['LOG_LEVEL', 'loud'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://a.example/path'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['TRUSTED_PROXIES', '10.0.0.0/'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TURN_SECONDS', '0'],
    ['AUTH_ISSUER', 'a b'],
    ['RATE_LIMIT_FRAMES', '0'],
  ])('[config] refuses %s=%s', (name, value) => {
    expect(fault({})).toBeNull()
    expect(fault({ [name]: value })).toBe(`bad configuration: ${name} must be ${variables[name].expects}`)
  })

  test('[config] names every bad, missing and unknown variable in one line, without its value', () => {
    const message = fault(
      { PORT: 'secret1', VALKEY_URL: 'http://u:secret2@h', OXO_PORT: '1', OXO_THING: 'secret3', OTHER: 'x' },
      'server',
    )
    expect(message).toBe(
      'bad configuration: OXO_PORT is unknown (use PORT); OXO_THING is unknown; PORT must be an integer 0..65535; ' +
        'VALKEY_URL must be a redis:// or rediss:// URL; VALKEY_CACHE_URL must be a redis:// or rediss:// URL; ' +
        'AUTH_JWKS_URL is missing (an http:// or https:// URL)',
    )
  })

  test('[config] an empty variable counts as unset, and a process ignores what others read', () => {
    expect(readConfig({ PORT: '', DATA_DIR: '' }, 'api')).toMatchObject({
      port: 8080,
      dataDir: '.data',
      services: expect.arrayContaining(['accounts']),
    })
    expect(fault({ RATE_LIMIT_FRAMES: 'x' }, 'api')).toBeNull()
    expect(fault({ SERVICES: 'accounts,unknown' }, 'api')).toContain('SERVICES must be')
  })
})

describe('configOrExit', () => {
  test('[config] gives the configuration of the environment', () => {
    expect(configOrExit('api', { PORT: '81' }).port).toBe(81)
  })

  test('[config] a bad variable is one line on stderr and exit 1', () => {
    const script = `import { configOrExit } from '${new URL('config.ts', import.meta.url).href}'; configOrExit('api')`
    const run = (env: Env) =>
      spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        env: { ...env },
        encoding: 'utf8',
      })
    expect(run({})).toMatchObject({ status: 0, stderr: '' })
    expect(run({ PORT: 'x', HOST: ' ' })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'bad configuration: PORT must be an integer 0..65535; HOST must be an address or host name\n',
    })
  })
})

describe('docs/CONFIG.md', () => {
  test('[config] is what config.ts says (run: node scripts/config-docs.ts)', () => {
    expect(readFileSync(CONFIG_DOCS_PATH, 'utf8')).toBe(configDocs())
  })

  test('[config] every variable is read by a process, and what a process requires it reads', () => {
    for (const name of Object.keys(variables) as VariableName[]) expect(readers(name), name).not.toEqual([])
    for (const { reads, requires } of Object.values(processes))
      expect(reads).toEqual(expect.arrayContaining([...requires]))
    expect(readers('AUTH_JWKS_URL')).toEqual(['server (needed)', 'api'])
  })

  test('[config] typed results have one key a variable', () => {
    const keys = Object.values(variables).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
