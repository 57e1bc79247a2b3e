/** Chance that a seed determines (mulberry32), so that what failed can be run again. */
export function createRandom(seed: number) {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    chance: (probability: number): boolean => next() < probability,
    pick: <T>(all: readonly T[]): T => all[below(all.length)] as T,
  }
}

export type Random = ReturnType<typeof createRandom>

/** As many seeds as asked for, or the one in `VITE_SEED`. */
export function seedsOf(count: number): number[] {
  const only = import.meta.env.VITE_SEED
  return only === undefined ? Array.from({ length: count }, (_, index) => index) : [Number(only)]
}
