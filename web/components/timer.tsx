import { clockText, type ServerClock, useServerNow } from './time.ts'

/** From here on the time that is left is shown as urgent, in ms. */
const URGENT_MS = 10_000

/** What is left of the turn, by the server's clock. Keeps its place when no clock runs. */
export function Timer({ deadline, turnMs, clock }: { deadline: number | null; turnMs: number; clock: ServerClock }) {
  const nowMs = useServerNow(clock, 200)
  const leftMs = Math.min(turnMs, Math.max(0, (deadline ?? nowMs) - nowMs))
  const share = deadline === null || turnMs === 0 ? 0 : leftMs / turnMs
  return (
    <div class={deadline === null ? 'timer absent' : leftMs < URGENT_MS ? 'timer urgent' : 'timer'}>
      <p role="timer" data-testid="timer">
        {deadline !== null && (
          <>
            <span class="unseen">Time left: </span>
            {clockText(leftMs + 999)}
          </>
        )}
      </p>
      <div class="bar" aria-hidden="true">
        <div class="bar-left" style={{ '--share': share.toFixed(3) }} />
      </div>
    </div>
  )
}
