import { writeFileSync } from 'node:fs'
import { vectorFiles } from './build.ts'

// Writes the vector files beside this script; a test says when they are out of date.
for (const [name, content] of Object.entries(vectorFiles)) {
  writeFileSync(new URL(name, import.meta.url), content)
}
