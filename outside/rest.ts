/** One answer over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; the text, when it is none. */
  readonly body: unknown
}

export interface HttpRequest {
  readonly token?: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export async function fetchJson(
  url: string,
  method: string,
  path: string,
  request: HttpRequest = {},
): Promise<HttpAnswer> {
  const { token, body, raw, headers = {} } = request
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent as BodyInit }),
  })
  return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) }
}

/** The `error` of a refusal, in the one form that every HTTP error has. */
export interface HttpError {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly timestamp: string
  readonly requestId: string
}
export const errorOf = (answer: HttpAnswer): HttpError => (answer.body as { error: HttpError }).error

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
