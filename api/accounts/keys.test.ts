import { describe, expect, test } from 'vitest'
import { newKeysText } from '../../ports/private-jwks.ts'
import { parseKeys, publicJwks } from './keys.ts'

const text = newKeysText()
const [key] = (JSON.parse(text) as { keys: [Record<string, string>] }).keys
const [other] = (JSON.parse(newKeysText()) as { keys: [Record<string, string>] }).keys
const file = (...keys: unknown[]) => JSON.stringify({ keys })

describe('parseKeys', () => {
  test('[keys] the first key signs, all are published, none of them in private', async () => {
    const keys = await parseKeys(file(key, other))
    if (!keys.ok) throw new Error(keys.error)
    expect(keys.value.map(({ kid }) => kid)).toEqual([key.kid, other.kid])
    const published = JSON.stringify(publicJwks(keys.value))
    expect(published).toContain(key.x)
    expect(published).not.toContain(key.d)
    expect(published).not.toContain(other.d)
  })

  test('[keys] a key without an id gets its thumbprint', async () => {
    const { kid, ...anonymous } = key
    const keys = await parseKeys(file(anonymous))
    expect(keys).toMatchObject({ ok: true, value: [{ kid }] })
  })

  test.each(['k', 'k'.repeat(64), 'of spring 2026'])('[keys] takes the key id %j', async (kid) => {
    expect(await parseKeys(file({ ...key, kid }))).toMatchObject({ ok: true, value: [{ kid }] })
  })

  test.each<[string, string, string]>([
    ['text', 'not JSON', 'not a JWKS of 1..16 private Ed25519 keys'],
    ['an empty file', '', 'not a JWKS of 1..16 private Ed25519 keys'],
    ['half a file', text.slice(0, 80), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['no keys', file(), 'not a JWKS of 1..16 private Ed25519 keys'],
    [
      '17 keys',
      file(...Array.from({ length: 17 }, (_, i) => ({ ...key, kid: `${i}` }))),
      'not a JWKS of 1..16 private Ed25519 keys',
    ],
    ['a public key', file({ ...key, d: undefined }), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['an X25519 key', file({ ...key, crv: 'X25519' }), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['an RSA key', file({ kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB' }), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['a key id of 65 characters', file({ ...key, kid: 'k'.repeat(65) }), 'not a JWKS of 1..16 private Ed25519 keys'],
    ['a short private key', file({ ...key, d: 'AQAB' }), 'key 1 is not a pair of Ed25519 keys'],
    ['halves of two keys', file(key, { ...other, x: key.x }), 'key 2 is not a pair of Ed25519 keys'],
    ['one key twice', file(key, key), `key id ${key.kid} stands there twice`],
  ])('[keys] refuses %s', async (_, bad, why) => {
    expect(await parseKeys(bad)).toEqual({ ok: false, error: why })
    expect(await parseKeys(text)).toMatchObject({ ok: true })
  })
})
