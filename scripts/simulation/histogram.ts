/** How often each whole number of milliseconds was seen. */
export interface Histogram {
  add(ms: number): void
  /** @param share from 0 to 1 */
  percentile(share: number): number
  readonly max: number
  /** How many there were above `ms`. */
  above(ms: number): number
}

export function createHistogram(): Histogram {
  const counts = new Map<number, number>()
  let total = 0
  let max = 0
  return {
    add(ms) {
      counts.set(ms, (counts.get(ms) ?? 0) + 1)
      total++
      max = Math.max(max, ms)
    },
    percentile(share) {
      let left = share * total
      for (const ms of [...counts.keys()].sort((a, b) => a - b)) {
        left -= counts.get(ms) ?? 0
        if (left <= 0) return ms
      }
      return max
    },
    get max() {
      return max
    },
    above: (ms) => [...counts].reduce((sum, [value, count]) => (value > ms ? sum + count : sum), 0),
  }
}
