import { scrypt } from 'node:crypto'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from '../../../worker/accounts/passwords.ts'
import { deriveKeys, type Keys, utf8 } from '../../../worker/tokens/keys.ts'

const PASSWORD = 'Correct!Horse1'

const derive = (password: Uint8Array, salt: Uint8Array, parameters: { N: number; r: number; p: number }) =>
  new Promise<Uint8Array>((resolve, reject) => {
    scrypt(password, salt, 32, parameters, (error, hash) => (error ? reject(error) : resolve(hash)))
  })

/** The work that a verification asks for, call by call. */
async function workOf(password: string, stored: string | null | undefined): Promise<object[]> {
  const asked: object[] = []
  const counting: typeof scrypt = (text, salt, length, parameters, callback) => {
    asked.push({ length, ...parameters })
    scrypt(text, salt, length, parameters, callback)
  }
  await verifyPassword(keys, password, stored, counting)
  return asked
}

let keys: Keys
let stored: string
beforeAll(async () => {
  keys = await deriveKeys(new Uint8Array(32))
  stored = await hashPassword(keys, PASSWORD)
})

describe('verifyPassword', () => {
  it.each([
    ['another password', `${PASSWORD}x`],
    ['its beginning', PASSWORD.slice(0, -1)],
    ['another case', PASSWORD.toLowerCase()],
    ['nothing', ''],
  ])('refuses %s', async (_, password) => {
    expect(await verifyPassword(keys, password, stored)).toBe(false)
  })

  it.each([
    ['an empty text', ''],
    ['the password itself', PASSWORD],
    ['another scheme', 'bcrypt$16384,8,5$c2FsdA$aGFzaA'],
    ['no hash', 'scrypt$16384,8,5$c2FsdA$'],
    ['a hash that is too short', 'scrypt$16384,8,5$c2FsdA$aGFzaA'],
    ['no parameters', 'scrypt$$c2FsdA$aGFzaA'],
  ])('refuses where %s is stored', async (_, instead) => {
    expect(await verifyPassword(keys, PASSWORD, instead)).toBe(false)
  })

  // The platform throws at these: a calm refusal shows that it was not asked.
  it.each([
    [1_048_576, 8, 5],
    [2 ** 30, 8, 1],
    [16_384, 8, 9],
    [16_384, 64, 5],
    [16_384, 8, 1e9],
    [Number.POSITIVE_INFINITY, 8, 5],
    [Number.NaN, 8, 5],
  ])('never asks the platform for more than it gives (threat 28): N=%d r=%d p=%d', async (N, r, p) => {
    const salt = new Uint8Array(16)
    await expect((async () => derive(utf8(PASSWORD), salt, { N, r, p }))()).rejects.toThrow()
    const [, , ...rest] = stored.split('$')
    expect(await verifyPassword(keys, PASSWORD, ['scrypt', `${N},${r},${p}`, ...rest].join('$'))).toBe(false)
  })

  it.each([
    ['no user', undefined],
    ['a user without a password', null],
    ['a user whose hash asks for too much', 'scrypt$1048576,8,5$c2FsdA$aGFzaA'],
  ])('does the same work for %s as for a wrong password (threat 25)', async (_, instead) => {
    const work = [{ length: 32, N: 16_384, r: 8, p: 5 }]
    expect(await workOf('x', stored)).toEqual(work)
    expect(await workOf('x', instead)).toEqual(work)
  })

  const hashedBy = async (bytes: Uint8Array) => {
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const hash = await derive(bytes, salt, { N: 1_024, r: 8, p: 1 })
    return `scrypt$1024,8,1$${base64url.encode(salt)}$${base64url.encode(hash)}`
  }

  it('accepts what was hashed with other parameters within the limit', async () => {
    const peppered = await crypto.subtle.sign('HMAC', keys.pepper, utf8(PASSWORD))
    expect(await verifyPassword(keys, PASSWORD, await hashedBy(new Uint8Array(peppered)))).toBe(true)
  })

  it('refuses what was hashed without our key', async () => {
    const other = await deriveKeys(crypto.getRandomValues(new Uint8Array(32)))
    expect(await verifyPassword(keys, PASSWORD, await hashedBy(utf8(PASSWORD)))).toBe(false)
    expect(await verifyPassword(other, PASSWORD, stored)).toBe(false)
  })

  it.each([
    ['the same text', PASSWORD, PASSWORD],
    ['a letter and its mark for one with an accent', 'Caf\u00e9!1234', 'Cafe\u0301!1234'],
    ['two letters for a ligature', 'ﬁsh!1234A', 'fish!1234A'],
  ])('accepts %s', async (_, password, typed) => {
    expect(await verifyPassword(keys, typed, await hashPassword(keys, password))).toBe(true)
  })
})

describe('hashPassword', () => {
  it('tells nothing of the password, and never the same twice', async () => {
    const [one, two] = [await hashPassword(keys, PASSWORD), await hashPassword(keys, PASSWORD)]
    expect(one).toMatch(/^scrypt\$16384,8,5\$[\w-]{22}\$[\w-]{43}\$[\w-]{16}$/)
    expect(one).not.toContain(PASSWORD)
    expect(one.split('$')[2]).not.toBe(two.split('$')[2])
    expect(one.split('$')[3]).not.toBe(two.split('$')[3])
  })
})
