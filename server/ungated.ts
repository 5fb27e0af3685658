import { uncounted } from '../ports/http/gate/limits.ts'
import type { ServerOptions } from './options.ts'

/** Of a server that tests and the simulator drive without its gate: nobody is turned away for where they come from or how often they ask. */
export const ungated = {
  framesPerSecond: 20,
  maxSocketsPerAddress: 1_000,
  allowedOrigins: [],
  clientAddress: ({ address }) => address,
  countNow: uncounted,
  durability: 'process',
} satisfies Partial<ServerOptions>
