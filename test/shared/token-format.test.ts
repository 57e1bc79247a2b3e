import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASE62, type RandomBytes, toBase62 } from '../../shared/base62.ts'
import {
  API_TOKEN_PATTERN,
  drawToken,
  parseToken,
  type TokenKind,
  visiblePrefix,
} from '../../shared/token-format.ts'

const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length))
const zeros: RandomBytes = (length) => new Uint8Array(length)

/** The shape of a token that is kept for ever: what was minted once must still be read. */
const FROM_ZEROS = 'pst_000000000000_00000000000000000000000000000000000000000003LRl1p'

/** Tokens drawn from any bytes, so that a failure shrinks to a plain one. */
const tokens = fc
  .uint8Array({ minLength: 55, maxLength: 55 })
  .map((bytes) => bytes.map((byte) => byte % 248))
  .map((bytes) => {
    let taken = 0
    return drawToken('API', (length) => {
      taken += length
      return bytes.slice(taken - length, taken)
    })
  })

const withCharacter = (text: string, at: number, character: string) =>
  text.slice(0, at) + character + text.slice(at + 1)

describe('drawToken', () => {
  it('draws 66 characters: prefix, id, secret and checksum', () => {
    const { id, token } = drawToken('API', randomBytes)
    expect(token).toHaveLength(66)
    expect(token).toMatch(/^pst_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/)
    expect(token.startsWith(`pst_${id}_`)).toBe(true)
  })

  it('draws the same token from the same bytes, as it always has', () => {
    expect(drawToken('API', zeros)).toEqual({ kind: 'API', id: '000000000000', token: FROM_ZEROS })
  })

  it.each<[TokenKind, string]>([
    ['API', 'pst_'],
    ['SESSION', 'psu_'],
    ['IMPERSONATION', 'psi_'],
    ['INVITATION', 'psv_'],
  ])('says of a token of the kind %s that it is one by its first letters', (kind, prefix) => {
    const { token } = drawToken(kind, randomBytes)
    expect(token.startsWith(prefix)).toBe(true)
    expect(parseToken(token)?.kind).toBe(kind)
    // The prefix is under the checksum: no kind can be passed off as another.
    const others = ['pst_', 'psu_', 'psi_', 'psv_', 'psb_'].filter((other) => other !== prefix)
    expect(others.map((other) => parseToken(other + token.slice(4)))).toEqual(others.map(() => undefined))
  })

  it('ends in the CRC-32 of all before it', () => {
    // The check value of CRC-32 (ISO-HDLC), as published: it shows that zlib's is the one meant.
    expect(crc32('123456789')).toBe(0xcbf43926)
    fc.assert(
      fc.property(tokens, ({ token }) => {
        expect(token.slice(-6)).toBe(toBase62(crc32(token.slice(0, -6)), 6))
      }),
    )
  })

  it('draws no id and no secret twice', () => {
    const drawn = Array.from({ length: 1_000 }, () => drawToken('API', randomBytes))
    expect(new Set(drawn.map(({ id }) => id)).size).toBe(1_000)
    expect(new Set(drawn.map(({ token }) => token.slice(17, 60))).size).toBe(1_000)
  })
})

describe('parseToken', () => {
  it('reads back what was drawn', () => {
    fc.assert(
      fc.property(tokens, (drawn) => {
        expect(parseToken(drawn.token)).toEqual(drawn)
      }),
    )
  })

  it('refuses a token with any one character changed', () => {
    const { token } = drawToken('API', randomBytes)
    for (let at = 0; at < token.length; at++) {
      for (const character of `${BASE62}_-. `) {
        if (character === token[at]) continue
        expect(parseToken(withCharacter(token, at, character))).toBeUndefined()
      }
    }
  })

  it('refuses a token with two different characters swapped', () => {
    fc.assert(
      fc.property(tokens, fc.nat(65), fc.nat(65), ({ token }, i, j) => {
        const [a, b] = [token.charAt(i), token.charAt(j)]
        fc.pre(a !== b)
        expect(parseToken(withCharacter(withCharacter(token, i, b), j, a))).toBeUndefined()
      }),
    )
  })

  it('refuses a token that was cut, at either end or within', () => {
    fc.assert(
      fc.property(tokens, fc.nat(65), fc.integer({ min: 1, max: 66 }), ({ token }, from, count) => {
        expect(parseToken(token.slice(0, from) + token.slice(from + count))).toBeUndefined()
      }),
    )
  })

  it('refuses a token with anything put into it', () => {
    fc.assert(
      fc.property(tokens, fc.nat(66), fc.string({ minLength: 1 }), ({ token }, at, more) => {
        expect(parseToken(token.slice(0, at) + more + token.slice(at))).toBeUndefined()
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['the prefix alone', 'pst_'],
    ['white space before it', ` ${FROM_ZEROS}`],
    ['a line break after it', `${FROM_ZEROS}\n`],
    ['a prefix in capitals', FROM_ZEROS.replace('pst', 'PST')],
    ['letters beyond ASCII', withCharacter(FROM_ZEROS, 10, 'é')],
    ['two tokens in one', `${FROM_ZEROS} ${FROM_ZEROS}`],
    ['an access token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'],
  ])('refuses %s', (_, text) => {
    expect(parseToken(text)).toBeUndefined()
  })

  it('refuses any other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseToken(text)).toBeUndefined()
      }),
    )
  })
})

describe('visiblePrefix', () => {
  it('shows the id and nothing of the secret', () => {
    const { id, token } = drawToken('API', randomBytes)
    expect(visiblePrefix(id)).toBe(token.slice(0, 16))
  })
})

describe('API_TOKEN_PATTERN', () => {
  it.each([
    ['in a sentence', `The token is ${FROM_ZEROS}.`],
    ['in a header', `Authorization: Bearer ${FROM_ZEROS}\r\n`],
    ['in quotation marks', `"${FROM_ZEROS}"`],
    ['in an assignment', `TOKEN=${FROM_ZEROS}`],
  ])('finds a token %s', (_, text) => {
    expect(API_TOKEN_PATTERN.exec(text)?.[0]).toBe(FROM_ZEROS)
  })

  it.each([
    ['one that is too short', FROM_ZEROS.slice(0, -1)],
    ['one that is too long', `${FROM_ZEROS}0`],
    ['one within a longer word', `x${FROM_ZEROS}`],
    ['the visible prefix', 'pst_000000000000'],
  ])('passes over %s', (_, text) => {
    expect(API_TOKEN_PATTERN.test(text)).toBe(false)
  })

  it('keeps no state from one search to the next', () => {
    expect([1, 2, 3].map(() => API_TOKEN_PATTERN.test(FROM_ZEROS))).toEqual([true, true, true])
  })
})
