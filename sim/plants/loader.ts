import { registerHooks } from 'node:module'
import { editsOf, plants } from './list.ts'
import { plantIn } from './plant-in.ts'

// Given to Node with --import: the process that it starts in runs with one bug, in the code as it is otherwise.

const root = new URL('../../', import.meta.url).href
const plant = plants.find(({ name }) => name === process.env.SIM_PLANT)
if (plant === undefined) throw new Error(`no such plant: ${process.env.SIM_PLANT}`)
const edits = editsOf(plant)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const here = edits.filter(({ file }) => url === `${root}${file}`)
    if (here.length === 0) return loaded
    return { ...loaded, source: here.reduce((source, edit) => plantIn(edit, source), String(loaded.source)) }
  },
})
