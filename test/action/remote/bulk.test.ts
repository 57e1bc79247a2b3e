import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBatches } from '../../../action/remote/bulk.ts'
import { MAX_UPLOAD_BYTES, MAX_UPLOAD_CONTENTS } from '../../../shared/limits.ts'

describe('toBatches', () => {
  it('keeps to the limits, and to the order, and leaves nothing out', () => {
    const sizes = fc.array(fc.oneof(fc.nat(2000), fc.nat(2 * MAX_UPLOAD_BYTES)), {
      maxLength: 1500,
      size: 'max',
    })
    fc.assert(
      fc.property(sizes, (sizes) => {
        const contents = sizes.map((size) => ({ size }))
        const batches = toBatches(contents)
        expect(batches.flat()).toEqual(contents)
        for (const batch of batches) {
          const bytes = batch.reduce((sum, { size }) => sum + size, 0)
          expect(batch.length).toBeLessThanOrEqual(MAX_UPLOAD_CONTENTS)
          expect(bytes <= MAX_UPLOAD_BYTES || batch.length === 1).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('puts no more than so many small contents into one', () => {
    const contents = Array.from({ length: 2 * MAX_UPLOAD_CONTENTS + 1 }, () => ({ size: 1 }))
    expect(toBatches(contents).map(({ length }) => length)).toEqual([
      MAX_UPLOAD_CONTENTS,
      MAX_UPLOAD_CONTENTS,
      1,
    ])
  })
})
