/** Durations on the wire are ISO 8601 as Kestra's server reads them: days, hours, minutes and seconds, no months or years. */

const DAY_MS = 86_400_000
const PATTERN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i

/** A hundred years: beyond it "never expires" is meant, and is what to ask for. */
export const MAX_DURATION_MS = 36_525 * DAY_MS

/** Milliseconds of a positive duration such as `P30D` or `PT1H30M`; `undefined` when it is none, or is too long. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (match === null || /[PT]$/i.test(text)) return undefined
  const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  const total = days * DAY_MS + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000
  return total > 0 && total <= MAX_DURATION_MS ? total : undefined
}
