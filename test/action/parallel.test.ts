import { describe, expect, it } from 'vitest'
import { mapParallel } from '../../action/parallel.ts'

describe('mapParallel', () => {
  it('keeps the order and never does more at once than it may', async () => {
    let running = 0
    let most = 0
    const results = await mapParallel([30, 1, 20, 2, 10], 2, async (ms) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, ms))
      running--
      return ms * 2
    })
    expect(results).toEqual([60, 2, 40, 4, 20])
    expect(most).toBe(2)
  })

  it('begins nothing after a failure', async () => {
    const begun: number[] = []
    const work = mapParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item)
      await new Promise((resolve) => setTimeout(resolve, item))
      if (item === 1) throw new Error('first')
    })
    await expect(work).rejects.toThrow('first')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(begun).toEqual([1, 2])
  })
})
