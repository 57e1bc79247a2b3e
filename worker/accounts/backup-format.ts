/**
 * A backup is lines of JSON: a head, a line for each row, and a foot with a hash of all lines before it, sealed under the
 * MASTER_KEY: nobody who has the backup alone can change it. What it holds of credentials are HMACs and sealed keys, as
 * stored.
 */

import * as v from 'valibot'
import { isMacOfText, macOfText } from '../storage/text-mac.ts'
import type { Keys } from '../tokens/keys.ts'

/** Raised when lines come to mean something else. */
export const FORMAT = 'postern-backup-1'

export const Head = v.object({
  format: v.literal(FORMAT),
  /** The last migration. */
  schema: v.string(),
  instance: v.string(),
  /** Which MASTER_KEY: see tokens/keys.ts. */
  keyVersion: v.string(),
  /** Of the change feed. */
  position: v.number(),
  /** Milliseconds since 1970. */
  at: v.number(),
})
export type Head = v.InferOutput<typeof Head>

export const Row = v.object({
  table: v.string(),
  /** As SQLite keeps it; blobs in hex. */
  row: v.record(v.string(), v.union([v.string(), v.number(), v.null()])),
})

export const Foot = v.object({
  rows: v.number(),
  /** In hex, over all lines before this one. */
  sha256: v.string(),
  seal: v.string(),
})
export type Foot = v.InferOutput<typeof Foot>

/** In place of a foot: somebody changed something meanwhile, and what was read may not fit together. */
export const CHANGED = { changed: true } as const

export const seal = ({ backupSeal }: Keys, sha256: string): Promise<string> => macOfText(backupSeal, sha256)

export const isSealed = ({ backupSeal }: Keys, sha256: string, given: string): Promise<boolean> =>
  isMacOfText(backupSeal, sha256, given)
