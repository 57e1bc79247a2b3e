/**
 * Which contents R2 holds, and in which object. The order of work never changes: the object's row, the object, the rows
 * of the contents in it. So D1 never promises a content that is not there, and never forgets an object that is.
 */

import { and, eq, sql } from 'drizzle-orm'
import type { Place, StoredAt } from './contents.ts'
import { type Database, writeOrThrow } from './database.ts'
import { contents, objects } from './schema.ts'
import { inPlace } from './sql.ts'

export interface StoredContent {
  readonly sha256: string
  readonly size: number
  /** Where in its object it begins. */
  readonly offset: number
}

/**
 * Contents that are about to come: those that are there count as sent again, and for the others an object is announced.
 *
 * @param key of that object
 * @returns the hashes that are there already; if that is all of them, no object was announced
 */
export async function announceContents(
  db: Database,
  place: Place,
  hashes: readonly string[],
  key: string,
  now: number,
): Promise<Set<string>> {
  const wanted = JSON.stringify(hashes)
  const isWanted = sql`sha256 IN (SELECT value FROM json_each(${wanted}))`
  const [, , known] = await db.batch([
    db
      .update(contents)
      .set({ storedAt: now })
      .where(and(inPlace(place), isWanted)),
    db.insert(objects).select(sql`
      SELECT ${key}, ${now}, NULL WHERE EXISTS (
        SELECT 1 FROM json_each(${wanted}) AS wanted WHERE NOT EXISTS (
          SELECT 1 FROM contents WHERE ${inPlace(place)} AND sha256 = wanted.value))`),
    db
      .select({ sha256: contents.sha256 })
      .from(contents)
      .where(and(inPlace(place), isWanted)),
  ])
  return new Set(known.map(({ sha256 }) => sha256))
}

/** Where a content lies, as long as it is kept. */
export const findContent = (db: Database, place: Place, sha256: string): Promise<StoredAt | undefined> =>
  db
    .select({ object: contents.object, offset: contents.offset, size: contents.size })
    .from(contents)
    .where(and(inPlace(place), eq(contents.sha256, sha256)))
    .get()

/** What the object holds, once R2 has it. Who stored the same content a moment ago keeps it where it is. */
export function insertContents(
  db: Database,
  place: Place,
  object: string,
  stored: readonly StoredContent[],
  now: number,
): Promise<void> {
  const rows = JSON.stringify(stored.map(({ sha256, size, offset }) => [sha256, size, offset]))
  return writeOrThrow(db, [
    sql`
      INSERT INTO contents (tenant_id, namespace, sha256, size, object, offset, stored_at)
      SELECT ${place.tenant}, ${place.namespace}, value ->> 0, value ->> 1, ${object}, value ->> 2, ${now}
      FROM json_each(${rows})
      WHERE EXISTS (SELECT 1 FROM objects WHERE objects.key = ${object} AND condemned_at IS NULL)
      ON CONFLICT DO UPDATE SET stored_at = excluded.stored_at`,
  ])
}

/** An object that was announced and never came. */
export const forgetObject = (db: Database, key: string): Promise<void> =>
  writeOrThrow(db, [sql`DELETE FROM objects WHERE key = ${key}`])

/**
 * Which of these contents the namespace does not hold.
 *
 * @param hashes as a JSON array
 * @param keptSince a content that no file has ever had counts only if it was sent since then
 */
export const selectMissing = (db: Database, place: Place, hashes: string, keptSince: number) =>
  db
    .select({ sha256: sql<string>`wanted.value` })
    .from(sql`json_each(${hashes}) AS wanted`)
    .where(
      sql`NOT EXISTS (
        SELECT 1 FROM contents WHERE ${inPlace(place)} AND sha256 = wanted.value AND (stored_at >= ${keptSince}
          OR EXISTS (SELECT 1 FROM file_revisions WHERE ${inPlace(place)} AND sha256 = wanted.value)))`,
    )
