import { botMove, botToMove } from '../../game/bot.ts'
import { decide, evolve, type Opening, openRoom, type RoomCommand, type RoomEvent } from '../../game/room.ts'
import type { Seat } from '../../game/rules.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import type { MatchReason } from '../../ports/ticket-queue.ts'
import { refusal } from '../../protocol/errors.ts'
import type { GameId } from '../../protocol/ids.ts'
import { TURN_AFTER_TAKEOVER_MS_MIN } from '../../protocol/limits.ts'
import type { Metrics } from '../metrics.ts'
import { type Gate, STUCK_AFTER_MS } from '../shard/gate.ts'
import { createAudience } from './audience.ts'
import { type Credits, createCredits } from './credits.ts'
import { createDeadlines } from './deadlines.ts'
import { createEnded } from './ended.ts'
import { announce, refuse, unavailable } from './events.ts'
import { type GameEvent, type HostedRoom, type Subscriber, seatOf, snapshotOf } from './hosted.ts'
import type { Reply, RoomAnswer, RoomRequest } from './requests.ts'
import { hostRoom } from './storage.ts'

/** New commands are refused once a commit has been on its way for so long, in ms. */
const GATE_PATIENCE_MS = 2_000
/** Requests that wait for one shard's hand-over. */
const WAITING_MAX = 10_000
const OK: RoomAnswer = { type: 'ok' }
const NOT_FOUND: RoomAnswer = { type: 'refused', refusal: refusal('NOT_FOUND', 'no such game') }
const NOT_OWNER: RoomAnswer = { type: 'not_owner' }

export interface OwnerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Metrics
  /** The game is over and its end is durable. */
  readonly ended: (room: HostedRoom) => void
  /** Gives back the time in which this process stood still; deadlines may move. */
  readonly creditStalls: () => void
  /** The room was handed to another server while the request waited. */
  readonly askAgain: (from: Subscriber, asked: RoomRequest, reply: Reply) => void
  /** A finished game that is not in memory: its record from the store, hosted again. Null: there is none. */
  readonly revive: (gameId: GameId) => Promise<HostedRoom | null>
}

/**
 * The rooms of the shards that this server owns. Decides and evolves at once, in memory; everything computed from a room goes out through
 * the gate of its shard.
 */
export function createOwner(options: OwnerOptions) {
  const { clock, random, metrics } = options
  const rooms = new Map<GameId, HostedRoom>()
  const deadlines = createDeadlines(clock, expire, (hosted) => rooms.get(hosted.gameId) === hosted)
  const ended = createEnded(clock, rooms)
  const audience = createAudience(rooms, ended)
  /** Requests for rooms that are being handed to another server. */
  const moving = new Map<Gate, (() => void)[]>()
  const credits = new WeakMap<Gate, Credits>()

  /** Opens a game; `subscribers` get its events from the first on. `reply` is called when the opening is durable, or never will be. */
  function open(
    gate: Gate,
    gameId: GameId,
    opening: Opening,
    match: MatchReason | null,
    subscribers: Subscriber[],
    reply: Reply,
  ): HostedRoom {
    const room = openRoom(opening, clock.now())
    const hosted = hostRoom(clock, gate, gameId, { room, match }, 'nothing', subscribers)
    rooms.set(gameId, hosted)
    deadlines.add(hosted)
    gate.touch(hosted)
    metrics.gamesStarted += 1
    gate.after(hosted, (outcome) => {
      if (outcome === 'refused') rooms.delete(gameId)
      if (outcome === 'refused') reply(NOT_FOUND)
      else reply(outcome === 'lost' ? NOT_OWNER : { type: 'snapshot', snapshot: snapshotOf({ ...hosted, room }) })
    })
    playBot(hosted)
    return hosted
  }

  /** Answers one request of a gateway. False: the game is not in this memory; the caller looks further. */
  function request(from: Subscriber, asked: RoomRequest, reply: Reply): boolean {
    const hosted = rooms.get(asked.gameId as GameId)
    if (hosted === undefined) return false
    const waiting = moving.size === 0 ? undefined : moving.get(hosted.gate)
    if (waiting !== undefined) {
      if (waiting.length >= WAITING_MAX) reply(unavailable())
      else waiting.push(() => options.askAgain(from, asked, reply))
      return true
    }
    handle(hosted, from, asked, reply)
    return true
  }

  /** As `request`, of a game that is not in memory: answered from the store. */
  async function requestStored(from: Subscriber, asked: RoomRequest, reply: Reply): Promise<void> {
    const hosted = rooms.get(asked.gameId as GameId) ?? (await options.revive(asked.gameId as GameId))
    if (hosted === null) return reply(NOT_FOUND)
    if (!rooms.has(hosted.gameId)) host(hosted)
    handle(rooms.get(hosted.gameId)!, from, asked, reply)
  }

  /** Takes a loaded room into memory. */
  function host(hosted: HostedRoom): void {
    rooms.set(hosted.gameId, hosted)
    if (hosted.room.status === 'active') deadlines.add(hosted)
    else ended.add(hosted)
  }

  /**
   * Takes over a running game: whoever is to move gets at least TURN_AFTER_TAKEOVER_MS_MIN, or the turn time. Never more than the turn
   * time: the owner before may have had another idea of what time it is.
   */
  function adopt(hosted: HostedRoom): void {
    const { deadlineMs, turnMs } = hosted.room
    if (deadlineMs === null) return host(hosted)
    const nowMs = clock.now()
    const fairMs = Math.min(Math.max(deadlineMs, nowMs + Math.min(TURN_AFTER_TAKEOVER_MS_MIN, turnMs)), nowMs + turnMs)
    hosted.dueMs = clock.monotonic() + (deadlineMs - nowMs)
    host(hosted)
    if (fairMs === deadlineMs) showState(hosted)
    else extend(hosted, fairMs)
    playBot(hosted)
  }

  function handle(hosted: HostedRoom, from: Subscriber, asked: RoomRequest, reply: Reply): void {
    const { gate } = hosted
    if (!gate.trusted()) return reply(unavailable())
    if (gate.stuckMs() > GATE_PATIENCE_MS) return reply(unavailable())
    const seat = seatOf(hosted.room, asked.userId)
    switch (asked.type) {
      case 'move':
        if (seat === null) return reply(refuse('FORBIDDEN', hosted.room))
        return move(hosted, seat, asked.ply, asked.cell, reply)
      case 'watch':
        if (!hosted.subscribers.includes(from)) hosted.subscribers = [...hosted.subscribers, from]
        return answer(hosted, { type: 'snapshot', snapshot: snapshotOf(hosted) }, reply)
      case 'read':
        return answer(hosted, { type: 'snapshot', snapshot: snapshotOf(hosted) }, reply)
      case 'unwatch':
        return reply(seat !== null && hosted.room.status === 'active' ? refuse('FORBIDDEN', hosted.room) : OK)
      case 'say':
        if (!asked.watching) return reply(refuse('FORBIDDEN', hosted.room))
        return act(hosted, { type: 'say', seat, phrase: asked.phrase }, reply)
      case 'resign':
        if (seat === null) return reply(refuse('FORBIDDEN', hosted.room))
        return act(hosted, { type: 'resign', seat }, reply)
      case 'rematch':
        if (seat === null) return reply(refuse('FORBIDDEN', hosted.room))
        return act(hosted, { type: 'rematch', seat, lapsed: asked.lapsed }, reply)
    }
  }

  function move(hosted: HostedRoom, seat: Seat, ply: number | null, cell: number, reply: Reply): void {
    act(hosted, { type: 'move', seat, ply: ply ?? hosted.room.moves.length, cell }, reply)
    playBot(hosted)
  }

  /** Decides one command and answers it. */
  function act(hosted: HostedRoom, command: RoomCommand, reply: Reply): void {
    const decision = decide(hosted.room, command, clock.now())
    if (!decision.ok) return answer(hosted, refuse(decision.error, hosted.room), reply)
    apply(hosted, decision.value, reply)
  }

  /** Folds events into the room and lets them out, with the answer to whoever caused them, when they are durable. */
  function apply(hosted: HostedRoom, events: readonly RoomEvent[], reply: Reply | null): void {
    const wasOver = hosted.room.status !== 'active'
    const announcements = events.map((event) => fold(hosted, event))
    const over = !wasOver && hosted.room.status !== 'active'
    if (over) finish(hosted)
    const [first] = events
    const answered: RoomAnswer =
      first?.type === 'rematch_agreed' ? { type: 'agreed', snapshot: snapshotOf(hosted), seat: first.seat } : OK
    // Whoever begins to watch later is shown a state that has this already.
    const { subscribers } = hosted
    hosted.gate.after(hosted, (outcome) => {
      if (outcome !== 'committed') return reply?.(outcome === 'lost' ? NOT_OWNER : NOT_FOUND)
      reply?.(answered)
      for (const announcement of announcements) {
        if (announcement !== null) for (const subscriber of subscribers) subscriber.event(announcement)
      }
      if (over) options.ended(hosted)
    })
  }

  /** Folds one event into the room. What everyone who watches hears of it; null: nothing. */
  function fold(hosted: HostedRoom, event: RoomEvent): GameEvent | null {
    const { deadlineMs } = hosted.room
    hosted.room = evolve(hosted.room, event)
    if (event.type === 'moved') {
      metrics.moves += 1
      hosted.dueMs = clock.monotonic() + (event.deadlineMs ?? event.atMs) - event.atMs
    }
    // By as much as it moved: the wall clock may have jumped since it was set.
    if (event.type === 'deadline_moved') hosted.dueMs += event.deadlineMs - (deadlineMs ?? event.deadlineMs)
    deadlines.moved(hosted)
    if (event.type !== 'said' && event.type !== 'rematch_agreed') hosted.gate.touch(hosted)
    return announce(hosted.gameId, hosted.room, event)
  }

  function finish(hosted: HostedRoom): void {
    metrics.gamesFinished += 1
    deadlines.remove(hosted)
    ended.add(hosted)
  }

  /** An answer computed from the room as it is now leaves when that is durable. */
  function answer(hosted: HostedRoom, value: RoomAnswer, reply: Reply): void {
    hosted.gate.after(hosted, (outcome) =>
      reply(outcome === 'committed' ? value : outcome === 'lost' ? NOT_OWNER : NOT_FOUND),
    )
  }

  /** A bot answers in the same commit as the move before it, so that no crash can fall between. */
  function playBot(hosted: HostedRoom): void {
    if (botToMove(hosted.room) === null) return
    const cell = botMove(hosted.room, random)
    const seat: Seat = hosted.room.moves.length % 2 === 0 ? 0 : 1
    const decision = decide(hosted.room, { type: 'move', seat, ply: hosted.room.moves.length, cell }, clock.now())
    if (decision.ok) apply(hosted, decision.value, null)
  }

  function expire(hosted: HostedRoom): void {
    options.creditStalls()
    if (hosted.dueMs > clock.monotonic() || !hosted.gate.trusted() || hosted.gate.stuckMs() >= STUCK_AFTER_MS) return
    const decision = decide(hosted.room, { type: 'timeout' }, Math.max(clock.now(), hosted.room.deadlineMs ?? 0))
    if (decision.ok && decision.value.length > 0) apply(hosted, decision.value, null)
  }

  /** Nobody could move for so long until now: gives what was not given yet to whoever is to move in the games of a gate, and tells everyone. */
  function credit(gate: Gate, blockedMs: number): void {
    const nowMs = clock.monotonic()
    const given = credits.get(gate) ?? createCredits()
    credits.set(gate, given)
    const creditMs = given.give(nowMs - blockedMs, nowMs)
    if (creditMs <= 0) return
    for (const hosted of rooms.values()) {
      if (hosted.gate !== gate || hosted.room.deadlineMs === null) continue
      extend(hosted, hosted.room.deadlineMs + Math.ceil(creditMs))
    }
  }

  function extend(hosted: HostedRoom, deadlineMs: number): void {
    const decision = decide(hosted.room, { type: 'extend', deadlineMs }, clock.now())
    if (!decision.ok) return
    apply(hosted, decision.value, null)
    showState(hosted)
  }

  /** Everyone who watches sees the game anew, once it is durable as it is now. */
  function showState(hosted: HostedRoom): void {
    const snapshot = snapshotOf(hosted)
    hosted.gate.after(hosted, (outcome) => {
      if (outcome === 'committed') for (const subscriber of hosted.subscribers) subscriber.state(snapshot)
    })
  }

  /** Requests for the gate's rooms wait until `letGo`. */
  function hold(gate: Gate): void {
    moving.set(gate, [])
  }

  function letGo(gate: Gate): void {
    const waiting = moving.get(gate) ?? []
    moving.delete(gate)
    drop(gate)
    for (const again of waiting) again()
  }

  const of = (gate: Gate): HostedRoom[] => [...rooms.values()].filter((hosted) => hosted.gate === gate)

  /** The shard belongs to another server now, or to nobody: its rooms leave this memory. */
  function drop(gate: Gate): void {
    for (const { gameId } of of(gate)) rooms.delete(gameId)
  }

  return {
    open,
    request,
    requestStored,
    adopt,
    credit,
    ...audience,
    of,
    hold,
    letGo,
    drop,
    rooms,
    deadlines,
    ended,
  }
}
export type Owner = ReturnType<typeof createOwner>
