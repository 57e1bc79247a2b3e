/**
 * What nobody needs any more, found and removed a bounded number of rows at a time. Each statement looks once more
 * whether that is so, at the moment in which it removes.
 */

import { sql } from 'drizzle-orm'
import { type Database, writeOrThrow } from './database.ts'

/** What files were before a change that happened before `cutoff`. @returns whether there may be more */
export async function forgetPast(db: Database, cutoff: number, max: number): Promise<boolean> {
  const { meta } = await db.run(sql`
    DELETE FROM file_revisions WHERE rowid IN (
      SELECT r.rowid FROM file_revisions AS r WHERE EXISTS (
        SELECT 1 FROM file_revisions AS l
        WHERE l.tenant_id = r.tenant_id AND l.namespace = r.namespace AND l.path = r.path
          AND (l.seq, l.revision) > (r.seq, r.revision) AND l.at < ${cutoff})
      ORDER BY r.seq LIMIT ${max})`)
  return meta.changes >= max
}

/** Deployments from before `cutoff`, but for the newest of each folder: it tells which run was the last. */
export async function forgetDeployments(db: Database, cutoff: number, max: number): Promise<boolean> {
  const { meta } = await db.run(sql`
    DELETE FROM deployments WHERE rowid IN (
      SELECT d.rowid FROM deployments AS d WHERE d.created_at < ${cutoff} AND EXISTS (
        SELECT 1 FROM deployments AS n WHERE n.tenant_id = d.tenant_id AND n.namespace = d.namespace
        AND n.root = d.root AND n.seq > d.seq)
      LIMIT ${max})`)
  return meta.changes >= max
}

/** Contents that no file has or had, and that nobody has sent since `cutoff`. */
export async function forgetContents(db: Database, cutoff: number, max: number): Promise<boolean> {
  const { meta } = await db.run(sql`
    DELETE FROM contents WHERE rowid IN (
      SELECT c.rowid FROM contents AS c WHERE c.stored_at < ${cutoff} AND NOT EXISTS (
        SELECT 1 FROM file_revisions AS r
        WHERE r.tenant_id = c.tenant_id AND r.namespace = c.namespace AND r.sha256 = c.sha256)
      LIMIT ${max})`)
  return meta.changes >= max
}

/**
 * Objects in which no content is, announced before `cutoff`: from now on none can be found in them.
 *
 * @returns keys of condemned objects, those of an earlier time that were not removed included
 */
export async function condemnObjects(
  db: Database,
  cutoff: number,
  max: number,
  now: number,
): Promise<string[]> {
  await writeOrThrow(db, [
    sql`
      UPDATE objects SET condemned_at = ${now} WHERE rowid IN (
        SELECT o.rowid FROM objects AS o WHERE o.condemned_at IS NULL AND o.stored_at < ${cutoff}
          AND NOT EXISTS (SELECT 1 FROM contents AS c WHERE c.object = o.key)
        LIMIT ${max})`,
  ])
  const rows = await db.all<{ key: string }>(
    sql`SELECT key FROM objects WHERE condemned_at IS NOT NULL LIMIT ${max}`,
  )
  return rows.map(({ key }) => key)
}

/** Condemned objects that R2 does not hold any more. */
export const forgetObjects = (db: Database, keys: readonly string[]): Promise<void> =>
  writeOrThrow(db, [
    sql`DELETE FROM objects WHERE condemned_at IS NOT NULL AND key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`,
  ])

/** Records from before `cutoff`; the database itself refuses to part with any within ninety days. */
export async function forgetAuditLogs(db: Database, cutoff: number, max: number): Promise<void> {
  await db.run(sql`
    DELETE FROM audit_logs WHERE id IN (
      SELECT id FROM audit_logs WHERE at < ${cutoff} ORDER BY at, id LIMIT ${max})`)
}

/** Sessions and impersonations that have ended, which nothing revives. API tokens stay to be seen. */
export async function forgetEndedTokens(db: Database, now: number, max: number): Promise<void> {
  await db.run(sql`
    DELETE FROM tokens WHERE id IN (
      SELECT id FROM tokens WHERE kind <> 'API' AND expires_at <= ${now} LIMIT ${max})`)
}
