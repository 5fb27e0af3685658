/** The part of the standard WebSocket that is needed; those of browsers, of Node 22 and of the `ws` package fit. */
export interface WebSocketLike {
  binaryType: string
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(data: Uint8Array): void
  close(code?: number): void
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

/** The host's own WebSocket. @throws on a host without one, such as Node 20: pass the option `webSocket` there. */
export function hostWebSocket(): WebSocketConstructor {
  const found = (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket
  if (found === undefined) throw new Error("this host has no WebSocket: pass one as the option 'webSocket'")
  return found
}
