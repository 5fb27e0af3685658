import { below, pick, type Random } from '../../kit/random.ts'

const MOODS = (
  'Amber Bold Brave Bright Calm Clever Cosmic Curious Daring Eager Fair Gentle Golden Happy Jolly Keen ' +
  'Kind Lively Lucky Merry Mighty Nimble Noble Patient Proud Quick Quiet Silver Steady Sunny Swift Wise'
).split(' ')
const ANIMALS = (
  'Badger Beaver Bison Crane Dolphin Eagle Falcon Ferret Finch Fox Gecko Hare Hawk Heron Ibis Koala ' +
  'Lark Lynx Marten Moose Otter Owl Panda Puffin Raven Robin Seal Stork Swan Tiger Turtle Wren'
).split(' ')

/** Like "Quiet Otter 42": friendly, short, and not unique. */
export const guestName = (random: Random): string =>
  `${pick(random, MOODS)} ${pick(random, ANIMALS)} ${1 + below(random, 99)}`
