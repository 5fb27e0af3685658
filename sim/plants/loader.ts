import { registerHooks } from 'node:module'
import { editsOf, plants } from './list.ts'
import { plantIn } from './plant-in.ts'

// Given to Node with --import: the process that it starts in runs with one bug, in the code as it is otherwise.

const root = new URL('../../', import.meta.url).href
const plant = plants.find(({ name }) => name === process.env.SIM_PLANT)
if (plant === undefined) throw new Error(`no such plant: ${process.env.SIM_PLANT}`)
const edits = new Map(editsOf(plant).map((edit) => [`${root}${edit.file}`, edit]))

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const edit = edits.get(url)
    if (edit === undefined) return loaded
    return { ...loaded, source: plantIn(edit, String(loaded.source)) }
  },
})
