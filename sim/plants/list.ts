/** `find` in `file` becomes `replace`. The text must occur exactly once. */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A bug on purpose. */
export interface Plant extends Edit {
  readonly name: string
  /** What the bug needs besides. */
  readonly also?: Edit
}

export const editsOf = (plant: Plant): readonly Edit[] => (plant.also === undefined ? [plant] : [plant, plant.also])

const gate = 'server/shard/gate.ts'
const owner = 'server/room/owner.ts'
const fanout = 'server/gateway/fanout.ts'
const commit = 'server/shard/memory-commit.ts'

/** Bugs that others have made, or that this design invites. The simulator must find every one. */
export const plants: readonly Plant[] = [
  {
    name: 'acknowledged before the commit',
    file: gate,
    find: "if (room.dirtySeq <= committedSeq && trusted()) return output('committed')",
    replace: "if (trusted()) return output('committed')",
  },
  {
    name: 'STATE past the gate',
    file: owner,
    find: `    hosted.gate.after(hosted, (outcome) =>
      reply(outcome === 'committed' ? value : outcome === 'lost' ? NOT_OWNER : NOT_FOUND),
    )`,
    replace: '    reply(value)',
  },
  {
    name: 'no self-fencing',
    file: 'server/shard/lease.ts',
    find: 'trusted: (): boolean => clock.monotonic() < trustedUntilMs',
    replace: 'trusted: (): boolean => trustedUntilMs > 0',
  },
  {
    name: 'the store does not fence',
    file: 'server/shard/memory-ledger.ts',
    find: "if (!shard || !holds(shard.head, fence)) return { type: 'fenced' }",
    replace: "if (!shard || shard.head.deadAtMs !== null) return { type: 'fenced' }",
  },
  {
    name: 'taken while the lease holds',
    file: 'server/shard/memory-take.ts',
    find: 'if (forMs <= 0) return null',
    replace: 'if (forMs <= 2_500) return null',
  },
  {
    name: 'a resend with a new number',
    file: gate,
    find: 'cancelResend = clock.after(1 + fraction(random) * RESEND_MAX_MS, () => send(batch, changes))',
    replace:
      'cancelResend = clock.after(1 + fraction(random) * RESEND_MAX_MS, () => send({ ...batch, seq: batch.seq + 1 }, changes))',
  },
  {
    name: 'what was never committed is let out by a fenced owner',
    file: gate,
    find: "for (const batch of waiting) for (const { output } of batch.outputs) output('lost')",
    replace: "for (const batch of waiting) for (const { output } of batch.outputs) output('committed')",
  },
  {
    name: 'handed over while still serving',
    file: 'server/shard/handover.ts',
    find: "    gate.close('handed')\n    if (owned && target !== null) {",
    replace: '    if (owned && target !== null) {',
  },
  {
    name: 'a repeated commit is not written',
    file: commit,
    find: `    // A repeat still writes, so that a durability wait covers the first one.
    store.writes += 1
`,
    replace: '',
  },
  {
    name: 'handed over without draining the commit',
    file: 'server/shard/handover.ts',
    find: 'const owned = await settled(gate)',
    replace: 'const owned = true',
    also: {
      file: gate,
      find: "for (const batch of waiting) for (const { output } of batch.outputs) output('lost')",
      replace:
        "for (const batch of waiting) for (const { output } of batch.outputs) output(why === 'handed' ? 'committed' : 'lost')",
    },
  },
  {
    name: 'the fence goes with a deleted shard',
    file: 'server/shard/memory-store.ts',
    find: 'if (deadAtMs === null || nowMs - deadAtMs < TOMBSTONE_MS) return shard',
    replace: 'if (deadAtMs === null) return shard',
  },
  {
    name: 'the result of a finished game is not written',
    file: commit,
    find: 'if (first && result !== null) shard.results',
    replace: 'if (known !== undefined && result !== null) shard.results',
  },
  {
    name: 'reclaimed without the finished games',
    file: 'server/server.ts',
    find: 'archive: forgetting.archive(gate)',
    replace: 'archive: []',
  },
  {
    name: 'an event that was missed is not noticed',
    file: fanout,
    find: 'if (message.version > watch.version + 1) return hooks.gap(watch.gameId)',
    replace: '',
    also: {
      file: fanout,
      find: "if (message.type === 'moved' && !followsBoard(watch, message)) return hooks.gap(watch.gameId)",
      replace: '',
    },
  },
  {
    name: 'an event is shown twice',
    file: fanout,
    find: 'if (message.version <= watch.version) return\n',
    replace: '\n',
  },
  {
    name: 'a loss is passed over in silence',
    file: fanout,
    find: 'if (takesBack(watch, snapshot)) {',
    replace: 'if (version > 1_000) {',
  },
  {
    name: 'a loss of the whole game is passed over in silence',
    file: fanout,
    find: 'if (watch === undefined || watch.version === 0) return',
    replace: 'if (watch === undefined || watch.version < 1_000) return',
  },
  {
    name: 'compare-and-set without the comparison',
    file: 'ports/memory/user-index.ts',
    find: 'read(userId).revision === revision ? write(userId, next) : null',
    replace: 'write(userId, next)',
  },
  {
    name: 'no time back after a takeover',
    file: owner,
    find: 'Math.min(Math.max(deadlineMs, nowMs + Math.min(TURN_AFTER_TAKEOVER_MS_MIN, turnMs)), nowMs + turnMs)',
    replace: 'deadlineMs',
  },
  {
    name: 'epoch without nonce',
    file: 'server/shard/memory-store.ts',
    find: 'head.epoch === fence.epoch && head.nonce === fence.nonce && head.deadAtMs === null',
    replace: 'head.epoch === fence.epoch && head.deadAtMs === null',
  },
  {
    name: 'written although its creation was refused',
    file: gate,
    find: '...batch.rooms.filter(exists).map(changeOf)',
    replace: '...batch.rooms.map(changeOf)',
  },
  {
    name: 'a store that went back is not told again who waits',
    file: 'server/lobby/reassertion.ts',
    find: 'if (player.queue !== null) await keepTicket(player, player.queue)',
    replace: '',
  },
  {
    name: 'a repeated move is refused',
    file: 'game/room.ts',
    find: 'if (ply < moves.length && moves[ply] === cell && seatOfPly(ply) === seat) return NOTHING',
    replace: '',
  },
  {
    name: 'results are acknowledged before they are written',
    file: 'persistence/delivery.ts',
    find: '        await write(parcels)\n',
    replace: '        await acknowledge(parcels.flatMap(({ entries }) => entries))\n        await write(parcels)\n',
  },
  {
    name: 'a game that comes again is counted again',
    file: 'ports/memory/stats-store.ts',
    find: 'if (before !== undefined) return before',
    replace: '',
  },
  {
    name: 'the outbox is trimmed behind the fastest destination',
    file: 'ports/memory/result-outbox.ts',
    find: 'if (progress === undefined) return',
    replace: 'if (progress === undefined) continue',
  },
  {
    name: 'what a dead writer had read is nobody’s',
    file: 'ports/memory/result-outbox.ts',
    find: 'if (readMs + claimMs > nowMs) continue',
    replace: 'if (readMs + claimMs > nowMs - 3_600_000) continue',
  },
  {
    name: 'a match whose room is open is never forgotten',
    file: 'matchmaker/placements.ts',
    find: "if (verdict.type === 'placed') await tickets.placed(region, id)",
    replace: "if (verdict.type === 'placed') await tickets.placed(region, '')",
  },
]
