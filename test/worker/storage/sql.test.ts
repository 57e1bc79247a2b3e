import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonTexts } from '../../../worker/storage/sql.ts'

const sizeOf = (text: string) => new TextEncoder().encode(text).byteLength
const rejoined = (texts: readonly string[]) => texts.flatMap((text) => JSON.parse(text) as unknown[])

describe('jsonTexts', () => {
  it('is no text for no rows', () => {
    expect(jsonTexts([])).toEqual([])
  })

  it('keeps every row, in order, whatever is in it', () => {
    const rows = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.option(fc.string())), { maxLength: 20 })
    fc.assert(
      fc.property(rows, (rows) => {
        expect(rejoined(jsonTexts(rows))).toEqual(rows)
      }),
    )
  })

  it.each(['x', 'é', '🚪', '\n', '"'])(
    'makes no text of %j longer than D1 takes in one value',
    (character) => {
      const rows = Array.from({ length: 50 }, (_, i) => [character.repeat(30_000 + i), i])
      const texts = jsonTexts(rows)
      for (const text of texts) expect(sizeOf(text)).toBeLessThanOrEqual(2_000_000)
      expect(rejoined(texts)).toEqual(rows)
      // Nor more texts than it takes.
      expect(texts.length).toBeLessThanOrEqual(Math.ceil(sizeOf(JSON.stringify(rows)) / 1_900_000) + 1)
    },
  )
})
