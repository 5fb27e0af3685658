import type { EventEmitter } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openPostgres } from './open.ts'
import { addressOf, mortalSocket, remotePool } from './remote-pool.ts'

const options = { databaseIam: false, awsRegion: null, name: 'test' }

describe('a connection to PostgreSQL', () => {
  test.each([
    'postgres://u:p@db.example.com/oxo',
    'postgres://u:p@db.example.com/oxo?sslmode=disable',
    'postgresql://u:p@10.0.0.7:6432/oxo?sslmode=no-verify&ssl=false',
    'postgres://127.evil.example/oxo',
  ])('[secrets] beyond this machine is verified TLS, whatever the URL asks: %s', (url) => {
    expect(addressOf(url).ssl).toEqual({ rejectUnauthorized: true })
  })

  test('[secrets] on this machine is plain', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
      expect(addressOf(`postgres://u@${host}/oxo`).ssl).toBe(false)
    }
  })

  test('[config] takes host, port and database from the URL', () => {
    expect(addressOf('postgres://u@[::1]:6000/my%20db')).toMatchObject({ host: '::1', port: 6_000, database: 'my db' })
    expect(addressOf('postgres://u@localhost')).toMatchObject({ port: 5_432, database: 'postgres' })
  })

  test('[config] by a token of AWS IAM needs a region', () => {
    const asked = { ...options, databaseIam: true, databaseUrl: 'postgres://u@db.example.com', dataDir: '' }
    expect(openPostgres({ ...asked, databaseMigrate: true })).toEqual({
      ok: false,
      error: 'DATABASE_IAM needs AWS_REGION',
    })
  })

  test('[secrets] a server that speaks no TLS hears neither user nor password', async () => {
    const heard: Buffer[] = []
    const server = await listening((socket) =>
      socket.on('data', (bytes) => {
        heard.push(bytes)
        socket.end('N')
      }),
    )
    // Ends on this machine, but is not one of its loopback names.
    const pool = remotePool({ ...options, databaseUrl: `postgres://user:secret@0.0.0.0:${server.port}/oxo` }, 1_000)
    await expect(pool.query('select 1')).rejects.toThrow('does not support SSL')
    expect(Buffer.concat(heard)).toEqual(SSL_REQUEST)
    await pool.end()
    server.close()
  })

  test('[stats] a server that falls silent is given up', async () => {
    const server = await listening(() => {})
    const socket = mortalSocket(20)
    const [error] = await Promise.all([once(socket, 'error'), socket.connect(server.port, '127.0.0.1')])
    expect(error).toEqual([expect.objectContaining({ message: 'silent for 20 ms' })])
    server.close()
  })
})

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

async function listening(serve: (socket: Socket) => void) {
  const server = createServer(serve)
  server.listen(0)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

/** The first event of that name, an error too. */
const once = (emitter: EventEmitter, name: string): Promise<unknown[]> =>
  new Promise((resolve) => emitter.once(name, (...values: unknown[]) => resolve(values)))
