import { assert } from '../../kit/assert.ts'
import type { Edit } from './list.ts'

/** `source` with a part of the bug in it. @throws when the code has changed so that it has no place in it any more. */
export function plantIn(edit: Edit, source: string): string {
  const parts = source.split(edit.find)
  assert(parts.length === 2, `"${edit.find}" has ${parts.length - 1} places in ${edit.file}, not one`)
  return parts.join(edit.replace)
}
