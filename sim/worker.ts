import { runSeed } from './world.ts'

// Runs the seeds that its parent names and reports each.

process.on('message', async ({ from, count }: { readonly from: number; readonly count: number }) => {
  for (let seed = from; seed < from + count; seed++) process.send!(await runSeed({ seed }))
  process.send!({ ready: true })
})
process.on('disconnect', () => process.exit(0))
process.send!({ ready: true })
