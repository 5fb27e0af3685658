export type HeaderLines = readonly (readonly [name: string, value: string])[]

/**
 * A response, and what its way out adds to its headers; names in lower case. They stand beside it because a `Headers` checks and sorts
 * each one: with a dozen of them that costs more than many answers themselves.
 */
export interface Answer {
  readonly response: Response
  /** In place of what the response says. */
  readonly headers: HeaderLines
  /** Where neither says anything. */
  readonly defaults: HeaderLines
}

/** Names and values in turn, as node:http takes them. */
export function headersOf({ response, headers, defaults }: Answer): string[] {
  const lines: string[] = []
  const said = new Set<string>()
  for (const [name, value] of headers) {
    said.add(name)
    lines.push(name, value)
  }
  for (const [name, value] of response.headers) {
    if (headers.some(([own]) => own === name)) continue
    said.add(name)
    lines.push(name, value)
  }
  for (const [name, value] of defaults) if (!said.has(name)) lines.push(name, value)
  return lines
}

/** The answer as a response that says all of it. */
export function asResponse({ response, headers, defaults }: Answer): Response {
  for (const [name, value] of headers) response.headers.set(name, value)
  for (const [name, value] of defaults) if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}
