/** What players may say to each other, by the number that goes over the wire. Append nothing: there are sixteen. */
export const PHRASES = [
  'Hello!',
  'Good luck!',
  'Have fun!',
  'Nice move!',
  'Well played!',
  'Oops!',
  'Let me think…',
  'Your turn!',
  'Wow!',
  'That was close!',
  'Good game!',
  'Thank you!',
  'Sorry!',
  'Rematch?',
  'Back in a moment',
  'Goodbye!',
] as const
