import type { CloseCode } from '../../protocol/errors.ts'

/** One player's open socket. Calls after it has closed do nothing. */
export interface PlayerSocket {
  /** `frame` is good during the call only. False: the peer reads too slowly and the frame was dropped; the socket must end. */
  send(frame: Uint8Array): boolean
  /** What `run` sends leaves in one write. */
  cork(run: () => void): void
  ping(): void
  /** Closes with a code that tells the peer whether to come back. `closed` follows. */
  end(code: CloseCode, reason: string): void
}

/** What is known before a socket exists. */
export interface UpgradeRequest {
  readonly path: string
  readonly host: string
  readonly origin: string | null
  readonly authorization: string | null
  readonly forwardedFor: string | null
  /** The offered subprotocols, in order. */
  readonly subprotocols: readonly string[]
  /** Of the peer that connected, as text. */
  readonly address: string
  /** The request's own id if it brought a usable one, else a fresh one. */
  readonly requestId: string
}

export interface UpgradeRefusal {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export type Admission<Pass> =
  | { readonly type: 'admitted'; readonly pass: Pass; readonly subprotocol: string }
  | { readonly type: 'refused'; readonly refusal: UpgradeRefusal }

/** What the gateway does with sockets. `Pass` goes from `admit` to `opened`; `Connection` from `opened` to the rest. */
export interface SocketHandlers<Pass, Connection> {
  admit(request: UpgradeRequest): Admission<Pass> | Promise<Admission<Pass>>
  /** The admitted peer hung up before the upgrade. */
  abandoned(pass: Pass): void
  opened(socket: PlayerSocket, pass: Pass): Connection
  /** `bytes` is valid during the call only. */
  frame(connection: Connection, bytes: Uint8Array, binary: boolean): void
  pong(connection: Connection): void
  closed(connection: Connection, code: number): void
}

/** Where sockets come from: uWebSockets.js in production, pairs in memory in the simulator. */
export interface SocketHub {
  /** @throws when the port is taken. */
  listen<Pass, Connection>(handlers: SocketHandlers<Pass, Connection>): Promise<{ readonly port: number }>
  /** No new sockets or requests from now on; open ones stay. */
  stopListening(): void
  /** Ends everything. */
  close(): void
}
