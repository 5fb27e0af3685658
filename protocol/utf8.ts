const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text in `bytes[start, end)`; null when that is not valid UTF-8. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    return strict.decode(bytes.subarray(start, end))
  } catch {
    return null
  }
}

/** Bytes of the text in UTF-8. A lone surrogate counts three, as what encoders put in its place does. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
      length += 2
      i++
    } else length += 2
  }
  return length
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
