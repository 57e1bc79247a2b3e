/**
 * What Kestra knows of tenants and namespaces and Postern only keeps: members that are stored and echoed as they were
 * sent. Some have a shape that its clients rely on; all are bounded, since they are read back and written out again.
 */

import * as v from 'valibot'

export type Attributes = Readonly<Record<string, unknown>>

/** Of a request body with attributes. They stand in the audit log twice, and many records are read at once. */
export const MAX_ATTRIBUTES_BYTES = 128 * 1024

/** Deeper than anybody's configuration, and far from where writing JSON runs out of stack. */
const MAX_DEPTH = 64

const isShallow = (value: unknown, depth = MAX_DEPTH): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1)))

/** An object with these members, and any others. */
export const withAttributes = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.looseObject(entries),
    v.check((sent) => isShallow(sent), `must not nest more than ${MAX_DEPTH} levels deep`),
  )

/** Members that are neither said elsewhere nor null: Kestra leaves those out of its answers as well. */
export function attributesOf(sent: Attributes, elsewhere: readonly string[]): Attributes {
  return Object.fromEntries(
    Object.entries(sent).filter(([name, value]) => value != null && !elsewhere.includes(name)),
  )
}

/** How many executions may run at once. Terraform's provider probes for it before it writes anything else. */
export const Concurrency = v.looseObject({
  limit: v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1')),
  behavior: v.nullish(v.string()),
})
