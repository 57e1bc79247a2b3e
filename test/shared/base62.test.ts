import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASE62, drawBase62, type RandomBytes, toBase62 } from '../../shared/base62.ts'

/** Counts through all byte values over and over, from `start`: as even as a source can be. */
function countingBytes(start: number): RandomBytes {
  let next = start
  return (length) => Uint8Array.from({ length }, () => next++ % 256)
}

describe('BASE62', () => {
  it('holds each digit and letter of ASCII once', () => {
    expect(BASE62).toMatch(/^[0-9A-Za-z]{62}$/)
    expect(new Set(BASE62).size).toBe(62)
  })
})

describe('drawBase62', () => {
  it('draws as many characters of the alphabet as asked for', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(255), (length, start) => {
        expect(drawBase62(length, countingBytes(start))).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`))
      }),
    )
  })

  it('draws every character equally often from an even source, wherever the source begins', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 5 }), (start, rounds) => {
        const counts = new Map<string, number>()
        for (const character of drawBase62(248 * rounds, countingBytes(start))) {
          counts.set(character, (counts.get(character) ?? 0) + 1)
        }
        expect([...counts.values()]).toEqual(Array(62).fill(4 * rounds))
      }),
    )
  })

  it('drops bytes from 248 up, and asks for more until it has enough', () => {
    const batches = [
      [248, 249, 250, 251, 252, 253, 254, 255],
      [255, 0, 248, 61, 250, 62, 251, 123],
      [247, 255, 255, 255, 255, 255, 255, 255],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]
    const drawn = drawBase62(8, () => Uint8Array.from(batches.shift() ?? []))
    expect(drawn).toBe('0z0zz123')
  })

  it('takes one character for one byte below 248, and nothing from the others', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const usable = bytes.filter((byte) => byte < 248)
        const drawn = drawBase62(usable.length, () => bytes)
        expect(drawn).toBe([...usable].map((byte) => BASE62[byte % 62]).join(''))
      }),
    )
  })
})

describe('toBase62', () => {
  it.each([
    [0, 1, '0'],
    [0, 6, '000000'],
    [9, 1, '9'],
    [10, 1, 'A'],
    [35, 1, 'Z'],
    [36, 1, 'a'],
    [61, 1, 'z'],
    [62, 2, '10'],
    [62, 6, '000010'],
    [62 ** 3 - 1, 3, 'zzz'],
    [0xffffffff, 6, '4gfFC3'],
  ])('writes %d with width %d as %s', (value, width, text) => {
    expect(toBase62(value, width)).toBe(text)
  })

  it('writes what reads back as the same number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        const text = toBase62(value, 6)
        expect(text).toHaveLength(6)
        expect([...text].reduce((sum, character) => sum * 62 + BASE62.indexOf(character), 0)).toBe(value)
      }),
    )
  })
})
