/** What namespace files were: revisions of one file, a folder as of some change, and what a change did. */

import { and, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { FilePath } from '../../shared/file-path.ts'
import type { Place, StoredAt } from './contents.ts'
import type { Database } from './database.ts'
import type { FilePut } from './file-changes.ts'
import { contents, fileRevisions, files } from './schema.ts'
import { inPlace, inside } from './sql.ts'

/** The numbers of the revisions that can be read; none if there is no such file. */
export async function listRevisions(db: Database, place: Place, path: FilePath): Promise<number[]> {
  const rows = await db
    .selectDistinct({ revision: fileRevisions.revision })
    .from(fileRevisions)
    .innerJoin(files, ofCurrentFile)
    .where(
      and(inPlace(place, 'file_revisions'), eq(fileRevisions.path, path), isNotNull(fileRevisions.sha256)),
    )
    .orderBy(fileRevisions.revision)
  return rows.map(({ revision }) => revision)
}

/** Where the content of a revision lies. What was moved here overrides what was here before. */
export async function findRevision(
  db: Database,
  place: Place,
  path: FilePath,
  revision: number,
): Promise<StoredAt | undefined> {
  return db
    .select({ object: contents.object, offset: contents.offset, size: contents.size })
    .from(fileRevisions)
    .innerJoin(files, ofCurrentFile)
    .innerJoin(
      contents,
      and(
        eq(contents.tenantId, fileRevisions.tenantId),
        eq(contents.namespace, fileRevisions.namespace),
        eq(contents.sha256, fileRevisions.sha256),
      ),
    )
    .where(
      and(
        inPlace(place, 'file_revisions'),
        eq(fileRevisions.path, path),
        eq(fileRevisions.revision, revision),
      ),
    )
    .orderBy(sql`${fileRevisions.seq} DESC`)
    .limit(1)
    .get()
}

/** A file that is there has the revisions up to its own; later numbers are of something that was here before it. */
const ofCurrentFile = and(
  eq(files.tenantId, fileRevisions.tenantId),
  eq(files.namespace, fileRevisions.namespace),
  eq(files.path, fileRevisions.path),
  isNotNull(files.sha256),
  lte(fileRevisions.revision, files.revision),
)

/**
 * The files of a folder as they were after the change of this sequence. Cost grows with all that happened in it.
 */
export async function readFolderAt(
  db: Database,
  place: Place,
  folder: FilePath,
  seq: number,
): Promise<FilePut[]> {
  const rows = await db.all<{ path: string; sha256: string; owner: string | null }>(sql`
    SELECT path, sha256, owner FROM (
      SELECT path, sha256, owner, row_number() OVER (PARTITION BY path ORDER BY seq DESC, revision DESC) AS age
      FROM file_revisions WHERE ${inPlace(place)} AND ${inside(folder)} AND seq <= ${seq})
    WHERE age = 1 AND sha256 IS NOT NULL ORDER BY path`)
  return rows.map(({ path, ...rest }) => ({ path: path as FilePath, ...rest }))
}

export interface PastContent {
  readonly sha256: string
  readonly size: number
}

/** A path before and after a change; absent where it was no file. */
export interface PastChange {
  readonly path: FilePath
  readonly before?: PastContent
  readonly after?: PastContent
}

/** What the change of this sequence did in a folder, by path. Cost grows with all that happened in it. */
export async function listChanges(
  db: Database,
  place: Place,
  folder: FilePath,
  seq: number,
): Promise<PastChange[]> {
  type Row = {
    path: string
    after: string | null
    afterSize: number
    before: string | null
    beforeSize: number | null
  }
  const rows = await db.all<Row>(sql`
    SELECT a.path AS path, a.sha256 AS after, a.size AS afterSize, b.sha256 AS before, b.size AS beforeSize
    FROM file_revisions AS a
    LEFT JOIN file_revisions AS b ON b.rowid = (
      SELECT rowid FROM file_revisions AS e
      WHERE e.tenant_id = a.tenant_id AND e.namespace = a.namespace AND e.path = a.path AND e.seq < a.seq
      ORDER BY e.seq DESC, e.revision DESC LIMIT 1)
    WHERE ${inPlace(place, 'a')} AND ${inside(folder, 'a')} AND a.seq = ${seq}
    ORDER BY a.path`)
  return rows.map(({ path, after, afterSize, before, beforeSize }) => ({
    path: path as FilePath,
    ...(before === null ? {} : { before: { sha256: before, size: beforeSize ?? 0 } }),
    ...(after === null ? {} : { after: { sha256: after, size: afterSize } }),
  }))
}
