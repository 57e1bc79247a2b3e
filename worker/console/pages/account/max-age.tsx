/** How long a token lives: a few lengths with the day each leads to, a day of one's own, or no end. */

import { Choices, Field } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { DAY, dateOf, endOfDay } from '../../times.ts'
import { useVisit, type Visit } from '../../visit.ts'

export const AGES = ['7', '30', '90', '365', 'custom', 'never'] as const

const LABELS = { 7: '7 days', 30: '30 days', 90: '90 days', 365: '1 year', custom: 'Custom', never: 'Never' }

/** @returns milliseconds; nothing for never; NaN where there is no such day to come */
export function ageOf(
  chosen: (typeof AGES)[number],
  until: string,
  { now, timeZone }: Visit,
): number | undefined {
  if (chosen === 'never') return undefined
  if (chosen !== 'custom') return Number(chosen) * DAY
  const age = (endOfDay(until, timeZone) ?? Number.NaN) - now
  return age > 0 && age <= MOST_MS ? age : Number.NaN
}

/** As far ahead as anybody means it. */
const MOST_MS = 36_525 * DAY

export function MaxAge() {
  const { now, timeZone } = useVisit()
  const hintOf = (age: (typeof AGES)[number]) => {
    if (age === 'never') return 'Not advised'
    return age === 'custom' ? 'A day you choose' : `Until ${dateOf(now + Number(age) * DAY, timeZone)}`
  }
  return (
    <>
      <Choices
        name="maxAge"
        label="Max Age"
        value="90"
        options={AGES.map((value) => ({ value, label: LABELS[value], hint: hintOf(value) }))}
      />
      <div class="only-custom">
        <Field name="until" label="Until" type="date" hint="It expires at the end of this day." />
      </div>
      <div class="only-never">
        <Notice tone="warn">
          A token without an end is good until somebody revokes it. Whoever finds it in five years can use it.
        </Notice>
      </div>
    </>
  )
}
