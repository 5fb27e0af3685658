import { assert } from '../../kit/assert.ts'
import type { Plant } from './list.ts'

/** The source of `plant.file` with the bug in it. @throws when the code has changed so that the bug has no place in it any more. */
export function plantIn(plant: Plant, source: string): string {
  const parts = source.split(plant.find)
  assert(parts.length === 2, `"${plant.name}" has ${parts.length - 1} places in ${plant.file}, not one`)
  return parts.join(plant.replace)
}
