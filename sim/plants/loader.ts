import { registerHooks } from 'node:module'
import { plants } from './list.ts'
import { plantIn } from './plant-in.ts'

// Given to Node with --import: the process that it starts in runs with one bug, in the code as it is otherwise.

const root = new URL('../../', import.meta.url).href
const plant = plants.find(({ name }) => name === process.env.SIM_PLANT)
if (plant === undefined) throw new Error(`no such plant: ${process.env.SIM_PLANT}`)
const target = `${root}${plant.file}`

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (url !== target) return loaded
    return { ...loaded, source: plantIn(plant, String(loaded.source)) }
  },
})
