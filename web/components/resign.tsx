import { useRef } from 'preact/hooks'

export function Resign({ onResign }: { onResign: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => dialog.current?.close()
  return (
    <>
      <button type="button" data-testid="resign" onClick={() => dialog.current?.showModal()}>
        Resign
      </button>
      <dialog ref={dialog} aria-labelledby="resign-title">
        <h2 id="resign-title">Give this game up?</h2>
        <p>Your opponent wins at once.</p>
        <div class="row">
          <button type="button" onClick={close}>
            Keep playing
          </button>
          <button
            type="button"
            class="danger"
            data-testid="resign-confirm"
            onClick={() => {
              close()
              onResign()
            }}
          >
            Resign
          </button>
        </div>
      </dialog>
    </>
  )
}
