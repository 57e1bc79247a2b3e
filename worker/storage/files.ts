/** The index of namespace files as they are now, for reading. What they were is in `file-history.ts`. */

import { and, asc, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import { type FilePath, parentsOf } from '../../shared/file-path.ts'
import type { Place, StoredAt } from './contents.ts'
import type { Database } from './database.ts'
import { contents, files } from './schema.ts'
import { folderSeq, inPlace, inside, isLive, jsonTexts, under } from './sql.ts'
import { selectMissing } from './stored-contents.ts'

/** What is there by its path: a file, or a folder that is empty. */
export interface Entry {
  readonly path: FilePath
  readonly isDirectory: boolean
  readonly size: number
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface NamespaceFile extends Entry {
  readonly sha256: string
  readonly revision: number
  /** The source that put it there, if it has put its name to it. */
  readonly owner: string | null
}

/** A file, and where its content is. */
export type StoredFile = NamespaceFile & StoredAt

export async function findFile(db: Database, place: Place, path: FilePath): Promise<StoredFile | undefined> {
  const [file] = await selectStored(db, place, eq(files.path, path))
  return file
}

/** All files of a namespace in the order in which their contents lie in R2. Cost grows with their number. */
export const listStored = (db: Database, place: Place): Promise<StoredFile[]> =>
  selectStored(db, place, sql`true`)

/** A path and all that is below it, by path. Cost grows with their number. */
export async function listEntries(db: Database, place: Place, path: FilePath): Promise<Entry[]> {
  return (await selectLive(db, place, under(path))).map(toEntry)
}

/** Files whose path holds a text; for ASCII letters case does not matter. Cost grows with the number of files in the namespace. */
export async function searchFiles(db: Database, place: Place, text: string): Promise<FilePath[]> {
  const rows = await db
    .select({ path: files.path })
    .from(files)
    .where(and(inPlace(place), isNotNull(files.sha256), sql`instr(lower(path), lower(${text})) > 0`))
    .orderBy(asc(files.path))
  return rows.map((row) => row.path as FilePath)
}

export interface Folder {
  readonly seq: number
  readonly files: NamespaceFile[]
  /** Empty folders below it. */
  readonly emptyFolders: FilePath[]
  /** Files with its own name or that of a folder above it. */
  readonly inTheWay: FilePath[]
  readonly missing: string[]
}

/**
 * A folder as it is at one instant, what stands in its way, and which of the wanted contents its namespace does not
 * hold.
 *
 * @param keptSince see `selectMissing`
 */
export async function readFolder(
  db: Database,
  place: Place,
  folder: FilePath,
  wanted: readonly string[],
  keptSince: number,
): Promise<Folder> {
  const above = JSON.stringify([folder, ...parentsOf(folder)])
  const [rows, inTheWay, seqs, ...missing] = await db.batch([
    selectLive(db, place, inside(folder)),
    db
      .select({ path: files.path })
      .from(files)
      .where(
        and(inPlace(place), isNotNull(files.sha256), sql`path IN (SELECT value FROM json_each(${above}))`),
      ),
    db.select({ seq: sql<number>`${folderSeq(place, folder)}` }).from(sql`(SELECT 1)`),
    ...jsonTexts(wanted).map((hashes) => selectMissing(db, place, hashes, keptSince)),
  ])
  return {
    seq: seqs[0]?.seq ?? 0,
    files: rows.filter(({ isDirectory }) => !isDirectory).map(toFile),
    emptyFolders: rows.filter(({ isDirectory }) => isDirectory).map(({ path }) => path as FilePath),
    inTheWay: inTheWay.map(({ path }) => path as FilePath),
    missing: missing.flat().map(({ sha256 }) => sha256),
  }
}

const selectLive = (db: Database, place: Place, which: SQL) =>
  db
    .select()
    .from(files)
    .where(and(inPlace(place), isLive(), which))
    .orderBy(asc(files.path))

async function selectStored(db: Database, place: Place, which: SQL): Promise<StoredFile[]> {
  const rows = await db
    .select({ file: files, object: contents.object, offset: contents.offset })
    .from(files)
    .innerJoin(
      contents,
      and(
        eq(contents.tenantId, files.tenantId),
        eq(contents.namespace, files.namespace),
        eq(contents.sha256, files.sha256),
      ),
    )
    .where(and(inPlace(place, 'files'), which))
    .orderBy(asc(contents.object), asc(contents.offset), asc(files.path))
  return rows.map(({ file, object, offset }) => ({ ...toFile(file), object, offset }))
}

const toEntry = (row: typeof files.$inferSelect): Entry => ({
  path: row.path as FilePath,
  isDirectory: row.isDirectory,
  size: row.size,
  createdAt: row.createdAt,
  modifiedAt: row.modifiedAt,
})

const toFile = (row: typeof files.$inferSelect): NamespaceFile => ({
  ...toEntry(row),
  sha256: row.sha256 ?? '',
  revision: row.revision,
  owner: row.owner,
})
