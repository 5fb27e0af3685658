/** Quick chat: what phrase 0..15 says, in English. The wire carries the number; a client may show its own language. */
export const PHRASES = [
  'Hello!',
  'Good luck!',
  'Have fun!',
  'Well played!',
  'Nice move!',
  'Thank you!',
  'Oops!',
  'Wow!',
  'Your turn!',
  'One moment, please.',
  'So close!',
  'Good game!',
  'Rematch?',
  'I have to go.',
  'Sorry!',
  'Goodbye!',
] as const
