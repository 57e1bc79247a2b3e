/** Chance that a seed determines (mulberry32), so that a run can be run again. */

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number below `end`. */
  below(end: number): number
  /** How many of many rare events happen where `mean` are expected (Poisson, by Knuth's method). */
  count(mean: number): number
  /** A rank below `end`, rank 0 the most often: about as often as 1 / (rank + 1) says (Zipf). */
  rank(end: number): number
  bytes(length: number): Uint8Array
}

export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    next,
    below,
    count(mean) {
      const least = Math.exp(-mean)
      let events = -1
      for (let product = 1; product > least; product *= next()) events++
      return Math.max(0, events)
    },
    rank: (end) => Math.min(end - 1, Math.floor((end + 1) ** next()) - 1),
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}
