/**
 * Several messages as one text: their lengths in UTF-16 units, `3,0,5`, a newline, then all of them joined. Taken apart again without
 * looking at a single character of theirs.
 */
export const encodeFrame = (messages: readonly string[]): string =>
  `${messages.map(({ length }) => length).join(',')}\n${messages.join('')}`

/** The messages of a frame; null: it is none. */
export function decodeFrame(frame: string): readonly string[] | null {
  const head = frame.indexOf('\n')
  if (head < 0) return null
  const messages: string[] = []
  let at = head + 1
  for (const text of head === 0 ? [] : frame.slice(0, head).split(',')) {
    if (!LENGTH.test(text)) return null
    const end = at + Number(text)
    if (end > frame.length) return null
    messages.push(frame.slice(at, end))
    at = end
  }
  return at === frame.length ? messages : null
}

const LENGTH = /^\d{1,8}$/
