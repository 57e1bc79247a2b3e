/** Instants as people read them. Milliseconds in, words out. */

const LANGUAGE = 'en'
const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** From which distance on which unit is used, and how long it is. Below, what rounds to one of the next is said in it. */
const UNITS = [
  [548 * DAY, 365.25 * DAY, 'year'],
  [60 * DAY, 30.44 * DAY, 'month'],
  [23.5 * HOUR, DAY, 'day'],
  [59.5 * MINUTE, HOUR, 'hour'],
  [45 * SECOND, MINUTE, 'minute'],
] as const

const relativeFormat = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' })

/** `in 30 days`, `2 hours ago`: rounded, so that a new token of thirty days does not say 29. */
export function relativeTo(now: number, at: number): string {
  const distance = at - now
  const found = UNITS.find(([from]) => Math.abs(distance) >= from)
  if (!found) return distance > 0 ? 'in a moment' : 'just now'
  const [, length, unit] = found
  return relativeFormat.format(Math.round(distance / length), unit)
}

/** `Dec 23, 2026`. */
export const dateOf = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeZone }).format(at)

/** `Dec 23, 2026, 6:04 PM GMT+1`. */
export const instantOf = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat(LANGUAGE, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(at)

/**
 * The last moment of a day, as it is where somebody lives.
 *
 * @param date `2026-12-23`
 * @returns nothing for what is no day
 */
export function endOfDay(date: string, timeZone: string): number | undefined {
  const there = Date.parse(`${date}T23:59:59.999Z`)
  if (Number.isNaN(there)) return undefined
  const format = new Intl.DateTimeFormat(LANGUAGE, { timeZone, timeZoneName: 'longOffset' })
  const offset = format.formatToParts(there).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(offset) ?? []
  return there - Number(`${sign}1`) * (Number(hours) * HOUR + Number(minutes) * MINUTE)
}

/** `30 days`, `12 hours`: how long something lasts. */
export function lengthOf(ms: number): string {
  const [length, unit] =
    ms >= DAY
      ? [DAY, 'day']
      : ms >= HOUR
        ? [HOUR, 'hour']
        : ms >= MINUTE
          ? [MINUTE, 'minute']
          : [SECOND, 'second']
  return new Intl.NumberFormat(LANGUAGE, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(ms / length)
}

/** How soon a revocation is felt: the verifier's own bound, in words. */
export const boundOf = (maxStalenessMs: number): string =>
  `Writes stop at once; reads within ${Math.ceil(maxStalenessMs / SECOND)} seconds.`

/** Whether this is a time zone that dates can be written in. */
export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat(LANGUAGE, { timeZone: text }) !== undefined
  } catch {
    return false
  }
}
