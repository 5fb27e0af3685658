import { type TemplatedApp, type us_listen_socket, us_listen_socket_close, us_socket_local_port } from 'uWebSockets.js'

export interface Endpoint {
  /** Name or address to listen on. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

export interface Listener {
  readonly port: number
  /** Accepts no new connection from now on; open ones stay. */
  stopListening(): void
  /** Stops listening and cuts every connection of the app. */
  close(): void
}

/**
 * LIBUS_LISTEN_EXCLUSIVE_PORT. By default the library shares a port with whoever else shares it, and two servers on one port would
 * each get half of the players instead of an error.
 */
const EXCLUSIVE_PORT = 1

/** The library takes a host together with options; its types do not say so. */
type ListenWithOptions = (
  host: string,
  port: number,
  options: number,
  listening: (socket: us_listen_socket | false) => void,
) => void

/** @throws when the port is taken, may not be opened or the host is none of this machine. */
export function listen(app: TemplatedApp, { host, port }: Endpoint): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const listenExclusively = app.listen.bind(app) as unknown as ListenWithOptions
    listenExclusively(host, port, EXCLUSIVE_PORT, (socket) => {
      if (socket === false) {
        reject(new Error(`cannot listen on ${host}:${port}: the port is in use or not allowed, or no such host`))
        return
      }
      let listening = true
      const stopListening = () => {
        // The library does not check: a second call would touch freed memory.
        if (listening) us_listen_socket_close(socket)
        listening = false
      }
      const close = () => {
        stopListening()
        app.close()
      }
      resolve({ port: us_socket_local_port(socket), stopListening, close })
    })
  })
}
