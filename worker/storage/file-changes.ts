/**
 * Changes of namespace files, as steps of one transaction: whoever reads sees the folder before or after it, never
 * between. Each step also writes down in `file_revisions` what its paths became.
 */

import { type SQL, sql } from 'drizzle-orm'
import { type FilePath, parentsOf } from '../../shared/file-path.ts'
import type { Result } from '../../shared/result.ts'
import type { Place } from './contents.ts'
import { type Conflict, type Database, type Statement, write } from './database.ts'
import type { Deployment } from './deployments.ts'
import { deployments } from './schema.ts'
import { folderSeq, inPlace, inside, isLive, jsonTexts, nextSeq, under } from './sql.ts'

export interface FilePut {
  readonly path: FilePath
  readonly sha256: string
  /** The source that puts it here; null for nobody in particular. */
  readonly owner: string | null
}

export interface ChangeOptions {
  /** The folder must still have this sequence, or nothing happens: conflict `folder_unchanged`. */
  readonly onlyIf?: { readonly folder: FilePath; readonly seq: number }
  /** Recorded in the same transaction; its `seq` is that of this change. */
  readonly deployment?: Omit<Deployment, 'seq'>
}

/**
 * Carries out the steps, all or none. Cost: the rows that change, with two look-ups each that no file stands where
 * another needs a folder.
 *
 * @returns conflicts: `check folder_unchanged`; `check path_free` when a file and a folder would share a name;
 *   `reference` when a content is not there; `unique deployments.…` when the idempotency key was used before
 */
export function changeFiles(
  db: Database,
  place: Place,
  steps: readonly Statement[],
  { onlyIf, deployment }: ChangeOptions = {},
): Promise<Result<void, Conflict>> {
  return write(db, [
    ...(onlyIf ? [guard('folder_unchanged', sql`${folderSeq(place, onlyIf.folder)} <> ${onlyIf.seq}`)] : []),
    sql`
      INSERT INTO file_sequences (tenant_id, namespace, seq) VALUES (${place.tenant}, ${place.namespace}, 1)
      ON CONFLICT DO UPDATE SET seq = seq + 1`,
    ...steps,
    ...(deployment
      ? [db.insert(deployments).values({ ...deployment, seq: sql<number>`${nextSeq(place)}` })]
      : []),
  ])
}

/** Written whatever was there before; each becomes a new revision. */
export function putFiles(place: Place, put: readonly FilePut[], now: number): Statement[] {
  const pathTexts = jsonTexts(put.map(({ path }) => path))
  return [
    ...pathTexts.map((paths) =>
      guard('path_free', isThere(place, sql`is_directory = 1 AND ${among(paths)}`)),
    ),
    ...jsonTexts(put.map(({ path, sha256, owner }) => [path, sha256, owner])).map((rows) =>
      putRows(place, rows, now),
    ),
    ...fillFolders(
      place,
      put.map(({ path }) => path),
      now,
    ),
    ...pathTexts.flatMap((paths) => [
      guard('path_free', isBelowOneOf(place, paths)),
      record(place, among(paths), now),
    ]),
  ]
}

/** Removed; harmless where nothing is. */
export const removeFiles = (place: Place, paths: readonly FilePath[], now: number): Statement[] =>
  jsonTexts(paths).flatMap((texts) => removeRows(place, among(texts), now))

/** A file, or a folder with all below; harmless where nothing is. */
export const removeUnder = (place: Place, path: FilePath, now: number): Statement[] =>
  removeRows(place, under(path), now)

/** The empty folders below a folder. */
export const removeEmptyFolders = (place: Place, folder: FilePath, now: number): Statement[] =>
  removeRows(place, sql`is_directory = 1 AND ${inside(folder)}`, now)

/** An empty folder, unless the folder is there in some way. */
export function makeFolder(place: Place, path: FilePath, now: number): Statement[] {
  return [
    sql`
      INSERT INTO files (tenant_id, namespace, path, sha256, size, is_directory, revision, seq, created_at, modified_at)
      SELECT ${place.tenant}, ${place.namespace}, ${path}, NULL, 0, 1, 0, ${nextSeq(place)}, ${now}, ${now}
      WHERE NOT ${isThere(place, under(path))}
      ON CONFLICT DO UPDATE SET is_directory = 1, seq = excluded.seq, owner = NULL,
        created_at = excluded.created_at, modified_at = excluded.modified_at`,
    guard('path_free', isThere(place, sql`sha256 IS NOT NULL AND path = ${path}`)),
    ...fillFolders(place, [path], now),
  ]
}

/** Files that belong to nobody belong to this source from now on. Their content and revision stay. */
export const adoptFiles = (place: Place, paths: readonly FilePath[], owner: string): Statement[] =>
  jsonTexts(paths).map(
    (texts) => sql`
      UPDATE files SET owner = ${owner}, seq = ${nextSeq(place)}
      WHERE ${inPlace(place)} AND sha256 IS NOT NULL AND owner IS NULL AND ${among(texts)}`,
  )

/**
 * A file or a folder with all below, and the revisions of its files with it. Conflict `folder_unchanged` when there
 * is nothing to move, `path_free` when something stands where it is to go.
 */
export function moveUnder(place: Place, from: FilePath, to: FilePath, now: number): Statement[] {
  const moved = (path: SQL) => sql`${to} || substr(${path}, length(${from}) + 1)`
  return [
    guard('folder_unchanged', sql`NOT ${isThere(place, under(from))}`),
    guard('path_free', isThere(place, under(to))),
    sql`
      INSERT INTO files (tenant_id, namespace, path, sha256, size, is_directory, revision, seq, created_at, modified_at)
      SELECT tenant_id, namespace, ${moved(sql`path`)}, sha256, size, is_directory, iif(is_directory, 0, revision),
        ${nextSeq(place)}, created_at, ${now}
      FROM files WHERE ${inPlace(place)} AND ${isLive()} AND ${under(from)}
      ON CONFLICT DO UPDATE SET
        sha256 = excluded.sha256, size = excluded.size, is_directory = excluded.is_directory,
        revision = iif(excluded.is_directory, files.revision, excluded.revision), seq = excluded.seq, owner = NULL,
        created_at = excluded.created_at, modified_at = excluded.modified_at`,
    sql`
      INSERT INTO file_revisions (tenant_id, namespace, path, seq, revision, sha256, size, at)
      SELECT r.tenant_id, r.namespace, ${moved(sql`r.path`)}, ${nextSeq(place)}, r.revision, r.sha256, r.size, ${now}
      FROM files AS f
      JOIN file_revisions AS r ON r.tenant_id = f.tenant_id AND r.namespace = f.namespace AND r.path = f.path
      WHERE ${inPlace(place, 'f')} AND ${under(from, 'f')} AND f.sha256 IS NOT NULL
        AND r.sha256 IS NOT NULL AND r.revision <= f.revision
        AND NOT EXISTS (
          SELECT 1 FROM file_revisions AS l WHERE l.tenant_id = r.tenant_id AND l.namespace = r.namespace
          AND l.path = r.path AND l.revision = r.revision AND l.seq > r.seq AND l.sha256 IS NOT NULL)`,
    ...removeUnder(place, from, now),
    ...fillFolders(place, [to], now),
  ]
}

/** Makes the transaction fail if the condition holds; see the comment at `guards` in the schema. */
const guard = (name: 'folder_unchanged' | 'path_free', condition: SQL): SQL =>
  sql`INSERT INTO guards (${sql.identifier(name)}) SELECT 0 WHERE ${condition}`

const isThere = (place: Place, which: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM files WHERE ${inPlace(place)} AND ${isLive()} AND ${which})`

const among = (paths: string): SQL => sql`path IN (SELECT value FROM json_each(${paths}))`

/** The size is the stored content's own. Of a content that is not there the foreign key of `record` says so. */
const putRows = (place: Place, rows: string, now: number): SQL => sql`
  INSERT INTO files (tenant_id, namespace, path, sha256, size, is_directory, revision, seq, owner, created_at, modified_at)
  SELECT ${place.tenant}, ${place.namespace}, value ->> 0, value ->> 1, coalesce((
      SELECT size FROM contents WHERE ${inPlace(place)} AND sha256 = value ->> 1), 0),
    0, 1, ${nextSeq(place)}, value ->> 2, ${now}, ${now}
  FROM json_each(${rows}) WHERE true
  ON CONFLICT DO UPDATE SET
    created_at = iif(files.sha256 IS NULL, excluded.created_at, files.created_at),
    sha256 = excluded.sha256, size = excluded.size, is_directory = 0, revision = files.revision + 1,
    seq = excluded.seq, owner = excluded.owner, modified_at = excluded.modified_at`

const removeRows = (place: Place, which: SQL, now: number): Statement[] => [
  sql`
    UPDATE files SET sha256 = NULL, size = 0, is_directory = 0, seq = ${nextSeq(place)}, owner = NULL,
      modified_at = ${now}
    WHERE ${inPlace(place)} AND ${isLive()} AND ${which}`,
  record(place, which, now, sql`sha256 IS NULL`),
]

/** What this change made of the paths. Those that never were files have no past. */
const record = (place: Place, which: SQL, now: number, state = sql`true`): SQL => sql`
  INSERT INTO file_revisions (tenant_id, namespace, path, seq, revision, sha256, size, owner, at)
  SELECT tenant_id, namespace, path, seq, revision, sha256, size, owner, ${now}
  FROM files WHERE ${inPlace(place)} AND seq = ${nextSeq(place)} AND revision > 0 AND ${state} AND ${which}`

/** Folders need no row once something lies in them; and no file may stand where a folder is needed. */
function fillFolders(place: Place, paths: readonly FilePath[], now: number): Statement[] {
  const parents = [...new Set(paths.flatMap(parentsOf))]
  return jsonTexts(parents).flatMap((folders) => [
    sql`
      UPDATE files SET is_directory = 0, seq = ${nextSeq(place)}, modified_at = ${now}
      WHERE ${inPlace(place)} AND is_directory = 1 AND ${among(folders)}`,
    guard('path_free', isThere(place, among(folders))),
  ])
}

/** Whether anything stands below one of the paths, each of which is a file. */
const isBelowOneOf = (place: Place, paths: string): SQL => sql`EXISTS (
  SELECT 1 FROM json_each(${paths}) AS p CROSS JOIN files AS f
  WHERE ${inPlace(place, 'f')} AND ${isLive('f')} AND f.path > p.value || '/' AND f.path < p.value || '0')`
