/** What forms hold, read into what the domain takes. Browsers know texts only, and leave out what is not ticked. */

import * as v from 'valibot'
import type { RequestError } from '../http/refusal.ts'
import type { Fields } from './visit.ts'

/** A text field that may stay empty. */
export const optional = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => (text.trim() === '' ? undefined : text)),
      v.optional(schema),
    ),
    '',
  )

/** A checkbox or a switch. With a default, or what is not there would not be read as off. */
export const ticked = v.pipe(
  v.optional(v.string(), ''),
  v.transform((value) => value === 'on'),
)

/** Checkboxes that share a name. */
export const several = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.pipe(
    v.optional(v.union([v.string(), v.array(v.string())]), []),
    v.transform((value) => (typeof value === 'string' ? [value] : value)),
    v.maxLength(1000, 'must be at most 1000'),
    v.array(schema),
  )

/** A text area with a list in it, one a line or with commas between; nothing where it is empty. */
export const listed = <S extends v.GenericSchema<unknown[], unknown>>(schema: S) =>
  v.pipe(
    v.optional(v.string(), ''),
    v.transform((text): unknown[] | undefined => unlessEmpty(text.split(/[\s,]+/).filter(Boolean))),
    v.optional(schema),
  )

/** The same by checkboxes. */
export const tickedOf = <S extends v.GenericSchema<unknown[], unknown>>(schema: S) =>
  v.pipe(
    several(v.string()),
    v.transform((values): unknown[] | undefined => unlessEmpty(values)),
    v.optional(schema),
  )

const unlessEmpty = (values: string[]): string[] | undefined => (values.length === 0 ? undefined : values)

/** What has to be typed to go on, such as the name of what is to be deleted: no mistake is that one. */
export const typed = v.pipe(v.string(), v.trim(), v.minLength(1, 'must be typed to go on'))

/** When something else was typed than what is to be done away with is called. */
export const notTyped = (message: string): RequestError => ({
  code: 'invalid_entity',
  problems: [{ path: 'typed', message }],
})

/** In one pass: looking for each name by itself would take the square of their number. */
export function fieldsOf(body: URLSearchParams): Fields {
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of body) {
    const before = fields.get(name)
    if (before === undefined) fields.set(name, value)
    else if (typeof before === 'string') fields.set(name, [before, value])
    else before.push(value)
  }
  return Object.fromEntries(fields)
}
