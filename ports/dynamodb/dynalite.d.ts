declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** An HTTP server that answers as DynamoDB; closing it closes its store. Without `path` in memory. */
  export default function dynalite(options: { path?: string; createTableMs?: number }): Server
}
