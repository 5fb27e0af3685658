import { err, ok, type Result } from '../../kit/result.ts'

export const DISPLAY_NAME_LENGTH_MAX = 32
export const USERNAME = /^[a-z0-9_]{3,20}$/
export const AVATAR_URL_LENGTH_MAX = 512

/** What nobody may be called, compared without underscores: names of the platform, and words that read like a role in it. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'admin administrator administrators anonymous api auth bot bots contact deleted deletedplayer everyone guest guests help ' +
    'info me mod moderator moderators news nobody null official owner oxo root security settings staff support system team undefined user users you'
  ).split(' '),
)

/** Characters that show nothing, turn text around or belong to nobody; joiners and the emoji selector are parts of visible signs. */
const UNSEEN = /(?!\u200c|\u200d|\ufe0f)[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u
/** More marks on one letter than any script needs climb over the lines around. */
const TOWER = /\p{M}{5}/u

/** A display name as it is stored: NFC, one space between words. The error is for people. */
export function displayNameOf(given: string): Result<string, string> {
  if (UNSEEN.test(given)) return err('has control, invisible or unassigned characters')
  const name = given
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim()
  const length = [...name].length
  if (length < 1 || length > DISPLAY_NAME_LENGTH_MAX) return err(`must have 1 to ${DISPLAY_NAME_LENGTH_MAX} characters`)
  if (!SEEN.test(name)) return err('must show something')
  return TOWER.test(name) ? err('has too many marks on one letter') : ok(name)
}

export const isReserved = (username: string): boolean => RESERVED.has(username.replaceAll('_', ''))

/** An address of a picture that a page may load without telling anybody more than it must: https, without a user or a password in it. */
export function avatarUrlOf(given: string): Result<string, string> {
  if (given.length > AVATAR_URL_LENGTH_MAX || !URL.canParse(given)) {
    return err(`must be an https URL of at most ${AVATAR_URL_LENGTH_MAX} characters`)
  }
  const { protocol, username, password, href } = new URL(given)
  if (protocol !== 'https:') return err('must begin with https://')
  if (username !== '' || password !== '') return err('must not hold a user or a password')
  return href.length > AVATAR_URL_LENGTH_MAX ? err(`must have at most ${AVATAR_URL_LENGTH_MAX} characters`) : ok(href)
}
