/** Whether the audit log is as it was sealed. */

import * as v from 'valibot'
import { DateTime } from './common.ts'

export const SealedRecord = v.object({ id: v.string(), date: DateTime })

export const CheckedSeal = v.object({
  /** They count from 1, without a gap. */
  number: v.number(),
  /**
   * `INTACT`: all that it sealed is as it was, and nothing else. `ALTERED`: not so; what follows says how. `MISSING`: it
   * should be there. `FOREIGN`: it was not made by this Postern, or under a MASTER_KEY that nobody has any more.
   */
  state: v.picklist(['INTACT', 'ALTERED', 'MISSING', 'FOREIGN']),
  /** This and what follows only where the seal could be read. */
  sealedAt: v.optional(DateTime),
  /** How many records it sealed. */
  records: v.optional(v.number()),
  edited: v.optional(v.array(SealedRecord)),
  missing: v.optional(v.array(SealedRecord)),
  /** In the log between those that were sealed. */
  added: v.optional(v.array(SealedRecord)),
  /** Recorded after the seal before, and saying that they are older than it by more than an hour. */
  backdated: v.optional(v.array(SealedRecord)),
  /** How many are gone because they were older than AUDIT_RETENTION_DAYS. */
  swept: v.optional(v.number()),
  /** How many are gone because D1 was put back, which was confirmed. */
  takenBack: v.optional(v.number()),
  /** The record of that confirmation, on the first seal after it. */
  restore: v.optional(v.string()),
})
export type CheckedSeal = v.InferOutput<typeof CheckedSeal>

export const AuditIntegrity = v.object({
  /** Of this stretch: whether every seal of it is INTACT. */
  intact: v.boolean(),
  /** The newest first. */
  results: v.array(CheckedSeal),
  /** What was recorded until then is sealed. */
  sealedUntil: v.optional(DateTime),
  /** The time of the oldest record that is not. */
  unsealedSince: v.optional(DateTime),
  /** The `cursor` that leads on to older seals; absent when there are none. */
  next: v.optional(v.string()),
})
export type AuditIntegrity = v.InferOutput<typeof AuditIntegrity>
