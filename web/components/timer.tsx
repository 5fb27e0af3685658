import { clockText, type ServerClock, useServerNow } from './time.ts'

/** From here on the time that is left is shown as urgent, in ms. */
const URGENT_MS = 10_000

interface Props {
  /** By the server's clock; null: no clock runs, and the timer only keeps its place. */
  readonly deadline: number | null
  /** What a full bar stands for. */
  readonly turnMs: number
  readonly clock: ServerClock
  /** Is it our time that runs? */
  readonly ours: boolean
}

export function Timer({ deadline, turnMs, clock, ours }: Props) {
  const nowMs = useServerNow(clock, 200)
  const leftMs = Math.min(turnMs, Math.max(0, (deadline ?? nowMs) - nowMs))
  const share = deadline === null || turnMs === 0 ? 0 : leftMs / turnMs
  const urgent = deadline !== null && leftMs < URGENT_MS
  return (
    <div class={deadline === null ? 'timer absent' : urgent ? 'timer urgent' : 'timer'}>
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
      <span class="unseen" role="status">
        {urgent && ours && 'Ten seconds left.'}
      </span>
    </div>
  )
}
