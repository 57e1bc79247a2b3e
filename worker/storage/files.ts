/**
 * The index of namespace files. All changes go through `changeFiles`, as one transaction: whoever reads sees the
 * folder before or after it, never between.
 */

import { and, asc, eq, gte, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import { type FilePath, parentsOf, ROOT } from '../../shared/file-path.ts'
import type { Result } from '../../shared/result.ts'
import type { Place } from './contents.ts'
import { type Conflict, type Database, type Statement, write, writeOrThrow } from './database.ts'
import { contents, deployments, files } from './schema.ts'

export type Deployment = typeof deployments.$inferSelect

/** A file that is there. */
export interface NamespaceFile {
  readonly path: FilePath
  readonly sha256: string
  readonly size: number
  readonly revision: number
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface FileContent {
  readonly sha256: string
  readonly size: number
}

export interface FileChanges {
  /** Written whatever was there before; each becomes a new revision. */
  readonly put?: ReadonlyArray<{ readonly path: FilePath; readonly sha256: string }>
  /** Removed; harmless where nothing is. */
  readonly remove?: readonly FilePath[]
  /** Removed with all below. */
  readonly removeFolder?: FilePath
  /** The folder must still have this sequence, or nothing happens: conflict `folder_unchanged`. */
  readonly onlyIf?: { readonly folder: FilePath; readonly seq: number }
  /** Recorded in the same transaction; its `etag` is the sequence of this change. */
  readonly deployment?: Omit<Deployment, 'etag'>
}

/**
 * SQLite takes at most 2 MB in one value, and D1 at most 100 values in one statement: rows go in as JSON texts of
 * this many characters, each of which has at most 4 bytes in UTF-8.
 */
const MAX_JSON_CHARACTERS = 450_000

/**
 * Cost: the rows that change, with two look-ups each that no file stands where another needs a folder.
 *
 * @returns conflicts: `check folder_unchanged`; `check path_free` when a file and a folder would share a name;
 *   `reference` when a content is not there; `unique deployments.…` when the idempotency key was used before
 */
export function changeFiles(
  db: Database,
  place: Place,
  changes: FileChanges,
  now: number,
): Promise<Result<void, Conflict>> {
  const { put = [], remove = [], removeFolder, onlyIf, deployment } = changes
  const statements: Statement[] = []
  if (onlyIf) {
    statements.push(
      sql`
        INSERT INTO guards (folder_unchanged)
        SELECT 0 WHERE (${folderSeq(place, onlyIf.folder)}) <> ${onlyIf.seq}`,
    )
  }
  statements.push(
    sql`
      INSERT INTO file_sequences (tenant_id, namespace, seq) VALUES (${place.tenant}, ${place.namespace}, 1)
      ON CONFLICT DO UPDATE SET seq = seq + 1`,
  )
  if (removeFolder !== undefined) statements.push(removeRows(place, under(removeFolder), now))
  for (const paths of jsonTexts(remove)) {
    statements.push(removeRows(place, sql`path IN (SELECT value FROM json_each(${paths}))`, now))
  }
  for (const rows of jsonTexts(put.map(({ path, sha256 }) => [path, sha256]))) {
    statements.push(putRows(place, rows, now))
  }
  statements.push(...guardPaths(place, put))
  if (deployment) {
    const etag = sql<string>`CAST((${nextSeq(place)}) AS TEXT)`
    statements.push(db.insert(deployments).values({ ...deployment, etag }))
  }
  return write(db, statements)
}

/** Remembers that R2 holds these contents, in the same order of work always: R2 first, then this row. */
export function insertContents(
  db: Database,
  place: Place,
  stored: readonly FileContent[],
  now: number,
): Promise<void> {
  const rows = JSON.stringify(stored.map(({ sha256, size }) => [sha256, size]))
  return writeOrThrow(db, [
    sql`
      INSERT INTO contents (tenant_id, namespace, sha256, size, stored_at)
      SELECT ${place.tenant}, ${place.namespace}, value ->> 0, value ->> 1, ${now} FROM json_each(${rows}) WHERE true
      ON CONFLICT DO NOTHING`,
  ])
}

export async function findFile(
  db: Database,
  place: Place,
  path: FilePath,
): Promise<NamespaceFile | undefined> {
  const row = await db
    .select()
    .from(files)
    .where(and(inPlace(place), eq(files.path, path), isNotNull(files.sha256)))
    .get()
  return row && toFile(row)
}

/** All files below a folder, by path. Cost grows with their number. */
export async function listFiles(db: Database, place: Place, folder: FilePath): Promise<NamespaceFile[]> {
  return (await selectFiles(db, place, folder)).map(toFile)
}

/** Files whose path holds a text; for ASCII letters case does not matter. Cost grows with the number of files in the namespace. */
export async function searchFiles(db: Database, place: Place, text: string): Promise<FilePath[]> {
  const rows = await db
    .select({ path: files.path })
    .from(files)
    .where(and(inPlace(place), isNotNull(files.sha256), sql`instr(lower(${files.path}), lower(${text})) > 0`))
    .orderBy(asc(files.path))
  return rows.map((row) => row.path as FilePath)
}

/**
 * A folder as it is at one instant, what stands in its way (a file with its own name or that of a folder above it),
 * and which of the wanted contents its namespace does not hold.
 */
export async function readFolder(
  db: Database,
  place: Place,
  folder: FilePath,
  wanted: readonly string[],
): Promise<{
  readonly seq: number
  readonly files: NamespaceFile[]
  readonly inTheWay: FilePath[]
  readonly missing: string[]
}> {
  const above = JSON.stringify([folder, ...parentsOf(folder)])
  const [rows, inTheWay, seqs, ...absent] = await db.batch([
    selectFiles(db, place, folder),
    db
      .select({ path: files.path })
      .from(files)
      .where(
        and(
          inPlace(place),
          isNotNull(files.sha256),
          sql`${files.path} IN (SELECT value FROM json_each(${above}))`,
        ),
      ),
    db.select({ seq: sql<number>`(${folderSeq(place, folder)})` }).from(sql`(SELECT 1)`),
    ...jsonTexts(wanted).map((hashes) =>
      db
        .select({ sha256: sql<string>`wanted.value` })
        .from(sql`json_each(${hashes}) AS wanted`)
        .where(
          sql`NOT EXISTS (SELECT 1 FROM ${contents} WHERE tenant_id = ${place.tenant}
            AND namespace = ${place.namespace} AND sha256 = wanted.value)`,
        ),
    ),
  ])
  return {
    seq: seqs[0]?.seq ?? 0,
    files: rows.map(toFile),
    inTheWay: inTheWay.map(({ path }) => path as FilePath),
    missing: absent.flat().map(({ sha256 }) => sha256),
  }
}

export async function findDeployment(
  db: Database,
  place: Place,
  idempotencyKey: string,
): Promise<Deployment | undefined> {
  return db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.tenantId, place.tenant),
        eq(deployments.namespace, place.namespace),
        eq(deployments.idempotencyKey, idempotencyKey),
      ),
    )
    .get()
}

function selectFiles(db: Database, place: Place, folder: FilePath) {
  return db
    .select()
    .from(files)
    .where(
      and(
        inPlace(place),
        gte(files.path, below(folder)),
        lt(files.path, beyond(folder)),
        isNotNull(files.sha256),
      ),
    )
    .orderBy(asc(files.path))
}

const toFile = (row: typeof files.$inferSelect): NamespaceFile => ({
  path: row.path as FilePath,
  sha256: row.sha256 ?? '',
  size: row.size,
  revision: row.revision,
  createdAt: row.createdAt,
  modifiedAt: row.modifiedAt,
})

const inPlace = (place: Place) => and(eq(files.tenantId, place.tenant), eq(files.namespace, place.namespace))

/** The paths below a folder are a range of the index, from `/a/` up to `/a0`: `0` follows `/` in ASCII. */
const below = (folder: FilePath) => (folder === ROOT ? '/' : `${folder}/`)
const beyond = (folder: FilePath) => (folder === ROOT ? '0' : `${folder}0`)
const under = (folder: FilePath): SQL =>
  sql`(path = ${folder} OR (path >= ${below(folder)} AND path < ${beyond(folder)}))`

/** The highest sequence below the folder, deleted files included; 0 for a folder that never held one. */
const folderSeq = (place: Place, folder: FilePath): SQL => sql`
  SELECT coalesce(max(seq), 0) FROM files WHERE tenant_id = ${place.tenant} AND namespace = ${place.namespace}
  AND path >= ${below(folder)} AND path < ${beyond(folder)}`

/** The sequence of the change under way; valid once `file_sequences` has been raised. */
const nextSeq = (place: Place): SQL => sql`
  SELECT seq FROM file_sequences WHERE tenant_id = ${place.tenant} AND namespace = ${place.namespace}`

const removeRows = (place: Place, which: SQL, now: number): SQL => sql`
  UPDATE files SET sha256 = NULL, size = 0, seq = (${nextSeq(place)}), modified_at = ${now}
  WHERE tenant_id = ${place.tenant} AND namespace = ${place.namespace} AND sha256 IS NOT NULL AND ${which}`

/** The size is the stored content's own. Of a content that is not there the foreign key says so. */
const putRows = (place: Place, rows: string, now: number): SQL => sql`
  INSERT INTO files (tenant_id, namespace, path, sha256, size, revision, seq, created_at, modified_at)
  SELECT ${place.tenant}, ${place.namespace}, value ->> 0, value ->> 1, coalesce((
      SELECT size FROM contents
      WHERE tenant_id = ${place.tenant} AND namespace = ${place.namespace} AND sha256 = value ->> 1), 0),
    1, (${nextSeq(place)}), ${now}, ${now}
  FROM json_each(${rows}) WHERE true
  ON CONFLICT DO UPDATE SET
    created_at = iif(files.sha256 IS NULL, excluded.created_at, files.created_at),
    sha256 = excluded.sha256, size = excluded.size, revision = files.revision + 1,
    seq = excluded.seq, modified_at = excluded.modified_at`

/** After the writes: no file may stand where another one needs a folder, above it or below it. */
function guardPaths(place: Place, put: ReadonlyArray<{ readonly path: FilePath }>): Statement[] {
  const parents = [...new Set(put.flatMap(({ path }) => parentsOf(path)))]
  const isLive = sql`f.tenant_id = ${place.tenant} AND f.namespace = ${place.namespace} AND f.sha256 IS NOT NULL`
  const guard = (paths: string, clash: SQL) =>
    sql`
      INSERT INTO guards (path_free)
      SELECT 0 WHERE EXISTS (SELECT 1 FROM json_each(${paths}) AS p CROSS JOIN files AS f WHERE ${isLive} AND ${clash})`
  return [
    ...jsonTexts(parents).map((paths) => guard(paths, sql`f.path = p.value`)),
    ...jsonTexts(put.map(({ path }) => path)).map((paths) =>
      guard(paths, sql`f.path > p.value || '/' AND f.path < p.value || '0'`),
    ),
  ]
}

/** Rows as JSON arrays, none longer than one bound value may be; no text for no rows. */
function jsonTexts(rows: readonly unknown[]): string[] {
  const texts: string[] = []
  let part: string[] = []
  let length = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    if (length + text.length > MAX_JSON_CHARACTERS) {
      texts.push(`[${part.join()}]`)
      part = []
      length = 0
    }
    part.push(text)
    length += text.length + 1
  }
  if (part.length > 0) texts.push(`[${part.join()}]`)
  return texts
}
