import { fileURLToPath } from 'node:url'
import { type Spawned, spawnServer } from './spawned.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Limits far above what one generator sends: a load test measures the server, not its brakes. */
const RAISED = {
  RATE_LIMIT_FRAMES: '1000000',
  RATE_LIMIT_ANONYMOUS: '1000000',
  RATE_LIMIT_SIGNED_IN: '1000000',
  MAX_SOCKETS_PER_ADDRESS: '20000',
}

/** Starts all of Oxo in one process on a free loopback port, or another `command` that reads the same, with the limits raised. `env` wins over both. */
export const spawnOxo = (
  inherited: NodeJS.ProcessEnv,
  env: Readonly<Record<string, string>> & { readonly DATA_DIR: string },
  command: readonly string[] = [MAIN],
): Promise<Spawned> =>
  spawnServer(command, {
    ...inherited,
    PORT: '0',
    ADMIN_PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    ...RAISED,
    ...env,
  })
