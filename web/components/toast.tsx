/** An error in plain words, over the page's foot. */
export function Toast({ text, onDismiss }: { text: string | null; onDismiss: () => void }) {
  return (
    <div class="toast-place" role="alert">
      {text !== null && (
        <div class="toast">
          <span data-testid="error">{text}</span>
          <button type="button" class="small" onClick={onDismiss}>
            Close
          </button>
        </div>
      )}
    </div>
  )
}
