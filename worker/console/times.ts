/** Instants as people read them. Milliseconds in, words out. */

const LANGUAGE = 'en'
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
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

/** Whether this is a time zone that dates can be written in. */
export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat(LANGUAGE, { timeZone: text }) !== undefined
  } catch {
    return false
  }
}
