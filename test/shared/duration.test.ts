import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DURATION_MS, parseDuration } from '../../shared/duration.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('parseDuration', () => {
  it.each([
    ['PT1S', SECOND],
    ['PT1M', MINUTE],
    ['PT1H', HOUR],
    ['P1D', DAY],
    ['P30D', 30 * DAY],
    ['P365D', 365 * DAY],
    ['PT1H30M', 90 * MINUTE],
    ['P1DT12H', 36 * HOUR],
    ['P1DT1H1M1S', DAY + HOUR + MINUTE + SECOND],
    ['P0DT1S', SECOND],
    ['PT90M', 90 * MINUTE],
    ['PT36H', 36 * HOUR],
    ['P007D', 7 * DAY],
    ['pt1h', HOUR],
    ['P36525D', MAX_DURATION_MS],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    ['nothing', ''],
    ['a designator alone', 'P'],
    ['a time without a number', 'PT'],
    ['days with an empty time', 'P1DT'],
    ['no duration at all', 'P0D'],
    ['no seconds at all', 'PT0S'],
    ['a negative number', 'P-1D'],
    ['a negative duration', '-P1D'],
    ['years', 'P1Y'],
    ['months', 'P1M'],
    ['weeks', 'P1W'],
    ['hours without T', 'P1H'],
    ['days behind T', 'PT1D'],
    ['the wrong order', 'PT1S1H'],
    ['a unit named twice', 'PT1H1H'],
    ['a bare number', '3600'],
    ['white space around', ' P1D '],
    ['a line break after', 'P1D\n'],
    ['digits of another script', 'P١D'],
    ['more than a hundred years', 'P36525DT1S'],
    ['a number beyond all reckoning', `P${'9'.repeat(400)}D`],
  ])('refuses %s', (_, text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('adds up its parts, whichever are there', () => {
    const part = fc.option(fc.nat(999), { nil: undefined })
    fc.assert(
      fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
        const write = (count: number | undefined, unit: string) => (count === undefined ? '' : count + unit)
        const time = write(hours, 'H') + write(minutes, 'M') + write(seconds, 'S')
        const total =
          (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND
        expect(parseDuration(`P${write(days, 'D')}${time && `T${time}`}`)).toBe(total || undefined)
      }),
    )
  })

  it('gives whole milliseconds within its bounds or nothing', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^P(\d{1,7}D)?(T(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$/), (text) => {
        const ms = parseDuration(text)
        fc.pre(ms !== undefined)
        expect(ms).toSatisfy(Number.isSafeInteger)
        expect(ms).toBeGreaterThan(0)
        expect(ms).toBeLessThanOrEqual(MAX_DURATION_MS)
      }),
    )
  })
})
